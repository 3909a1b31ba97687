import type { Span } from './sourceText.ts';

/** Something the engine said of a part of a text. */
export interface Placed<T> extends Span {
  value: T;
}

/** An edit of a text: `removed` letters from `offset` on were replaced by `added` ones. */
export interface TextChange {
  offset: number;
  removed: number;
  added: number;
}

/**
 * The same things after an edit: what stands behind it has moved, and what was changed inside is gone until the engine
 * has looked again.
 */
export function afterChange<T>(placed: readonly Placed<T>[], { offset, removed, added }: TextChange): Placed<T>[] {
  return placed.flatMap(item => {
    if (item.start >= offset + removed) {
      const shift = added - removed;
      return [{ ...item, start: item.start + shift, end: item.end + shift }];
    }
    return item.end <= offset ? [item] : [];
  });
}
