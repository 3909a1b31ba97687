import type { Steering } from '../../../src/protocol/control.ts';
import type { Pick } from '../../state/page.ts';

/**
 * The candidate that a key goes to from this one; undefined where the key is not one of moving.
 *
 * @param counts candidates by choice block
 */
export function neighbour({ block, candidate }: Pick, key: string, counts: readonly number[]): Pick | undefined {
  const last = counts[block] - 1;
  switch (key) {
    case 'ArrowRight':
      return { block, candidate: Math.min(last, candidate + 1) };
    case 'ArrowLeft':
      return { block, candidate: Math.max(0, candidate - 1) };
    case 'ArrowDown':
      return inBlock(block + 1, candidate, counts);
    case 'ArrowUp':
      return inBlock(block - 1, candidate, counts);
    case 'Home':
      return { block, candidate: 0 };
    case 'End':
      return { block, candidate: last };
  }
}

function inBlock(block: number, candidate: number, counts: readonly number[]): Pick {
  const inside = Math.min(counts.length - 1, Math.max(0, block));
  return { block: inside, candidate: Math.min(counts[inside] - 1, candidate) };
}

/** What a key asks for of the candidate that has the focus. */
export function steeringOf(key: string): Steering['action'] | undefined {
  switch (key.toLowerCase()) {
    case 'l':
      return 'lock';
    case 'b':
      return 'ban';
    case 'f':
      return 'free';
  }
}

/** The id of a candidate's button. */
export function cellId({ block, candidate }: Pick): string {
  return `cell-${block}-${candidate}`;
}
