import { describe, expect, it } from 'vitest';
import { allowedIn, type Steering, steered, unrestricted } from '../../../src/search/restrictions.ts';

const blocks = [
  { name: 'first', candidates: ['a', 'b', 'c'] },
  { name: 'second', candidates: ['d', 'e'] },
];

/** Candidates each block may take after some steering, written as `ban 0 1`. */
function left(...steps: string[]) {
  const restrictions = steps.reduce((before, step) => {
    const [action, block, candidate] = step.split(' ');
    const steering = { action, block: Number(block), candidate: Number(candidate) } as Steering;
    return steered(before, steering, blocks);
  }, unrestricted(2));
  return blocks.map(({ candidates }, block) => allowedIn(restrictions, block, candidates.length));
}

const ALL = [
  [0, 1, 2],
  [0, 1],
];

describe('steered', () => {
  it('leaves a locked block one candidate, a banned candidate out, and other blocks alone', () => {
    expect(left()).toEqual(ALL);
    expect(left('lock 0 1')).toEqual([[1], [0, 1]]);
    expect(left('ban 0 1')).toEqual([
      [0, 2],
      [0, 1],
    ]);
  });

  it('gives back what a lock or a ban took', () => {
    expect(left('lock 0 1', 'free 0 1')).toEqual(ALL);
    expect(left('ban 0 1', 'free 0 1')).toEqual(ALL);
    expect(left('ban 0 1', 'lock 0 2', 'free 0 2')[0]).toEqual([0, 2]);
    expect(left('ban 0 1', 'lock 0 2', 'free 0 1', 'free 0 2')).toEqual(ALL);
  });

  it('lets the last word count: a lock lifts the ban of its candidate, a ban its lock', () => {
    expect(left('ban 0 1', 'lock 0 1')[0]).toEqual([1]);
    expect(left('ban 0 1', 'lock 0 1', 'free 0 1')[0]).toEqual([0, 1, 2]);
    expect(left('lock 0 1', 'ban 0 1')[0]).toEqual([0, 2]);
    expect(left('lock 0 1', 'lock 0 2')[0]).toEqual([2]);
  });

  it('refuses to ban the last candidate, and one that there is not', () => {
    expect(() => left('ban 1 0', 'ban 1 1')).toThrow('e is the last candidate that second may take');
    expect(() => left('lock 1 2')).toThrow('no candidate 2');
    expect(() => left('lock 7 0')).toThrow('choice block 7');
  });
});
