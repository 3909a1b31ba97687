import { describe, expect, it } from 'vitest';
import { afterChange } from '../../../../src/extension/language/placed.ts';

const placed = [
  { start: 0, end: 4, value: 'first' },
  { start: 10, end: 14, value: 'second' },
];
const moved = (offset: number, removed: number, added: number) =>
  afterChange(placed, { offset, removed, added }).map(({ start, end, value }) => `${value} ${start}-${end}`);

describe('what is placed in a text', () => {
  it('moves with an edit before it', () => {
    expect(moved(5, 2, 7)).toEqual(['first 0-4', 'second 15-19']);
    expect(moved(10, 0, 3)).toEqual(['first 0-4', 'second 13-17']);
  });

  it('stays with an edit behind it', () => {
    expect(moved(14, 0, 3)).toEqual(['first 0-4', 'second 10-14']);
    expect(moved(4, 6, 0)).toEqual(['first 0-4', 'second 4-8']);
  });

  it('is gone with an edit inside', () => {
    expect(moved(12, 1, 1)).toEqual(['first 0-4']);
    expect(moved(2, 9, 0)).toEqual([]);
  });

  it('moves as a point with what is typed before it', () => {
    const [end] = afterChange([{ start: 8, end: 8, value: 'end' }], { offset: 5, removed: 1, added: 2 });
    expect(end.start).toBe(9);
  });
});
