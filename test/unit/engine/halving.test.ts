import { describe, expect, it } from 'vitest';
import { bestByHalving, roundsOf } from '../../../src/engine/search/halving.ts';

describe('successive halving', () => {
  it('trains all for a while, then the best quarter to the end', () => {
    expect(roundsOf(16, 1, 4)).toEqual([
      { networks: 16, epochs: 1 },
      { networks: 4, epochs: 4 },
    ]);
    expect(roundsOf(18, 2, 3)[1]).toEqual({ networks: 5, epochs: 3 });
  });

  it('has no second round for one network, or where the first is as long', () => {
    expect(roundsOf(4, 1, 4)).toEqual([{ networks: 4, epochs: 1 }]);
    expect(roundsOf(16, 4, 4)).toEqual([{ networks: 16, epochs: 4 }]);
    expect(roundsOf(1, 1, 4)).toEqual([]);
  });

  it('keeps the best of the first round, and takes what the second says', async () => {
    // After a short training 'fast' leads; after a long one 'deep' does. 'bad' never comes as far.
    const losses: Record<number, Record<string, number>> = {
      1: { bad: 3, fast: 1, worse: 4, deep: 2, e: 5, f: 6, g: 7, h: 8 },
      4: { fast: 2, deep: 1 },
    };
    const trained: { names: string[]; index: number }[] = [];
    const best = await bestByHalving(Object.keys(losses[1]), roundsOf(8, 1, 4), async (names, { epochs }, index) => {
      trained.push({ names: [...names], index });
      return names.map(name => losses[epochs][name]);
    });
    expect(best).toBe('deep');
    expect(trained.map(({ names, index }) => [names.length, index])).toEqual([
      [8, 0],
      [2, 1],
    ]);
    expect(trained[1].names).toEqual(['fast', 'deep']);
  });

  it('trains nothing where there is nothing to compare', async () => {
    const train = () => Promise.reject(new Error('not to be trained'));
    expect(await bestByHalving(['only'], roundsOf(1, 1, 4), train)).toBe('only');
  });
});
