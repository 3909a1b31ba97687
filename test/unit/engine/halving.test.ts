import { describe, expect, it } from 'vitest';
import { bestByHalving, type Round, roundsOf } from '../../../src/engine/search/halving.ts';

describe('successive halving', () => {
  it('trains a quarter of the networks for twice the epochs in each round', () => {
    expect(roundsOf(16, 1)).toEqual([
      { networks: 16, epochs: 1 },
      { networks: 4, epochs: 2 },
    ]);
    expect(roundsOf(18, 2)).toEqual([
      { networks: 18, epochs: 2 },
      { networks: 5, epochs: 4 },
      { networks: 2, epochs: 8 },
    ]);
    expect(roundsOf(1, 3)).toEqual([]);
  });

  it('keeps the best of every round, and takes what the last one says', async () => {
    // After a short training 'fast' leads; after a long one 'deep' does. 'bad' never comes as far.
    const losses: Record<number, Record<string, number>> = {
      1: { bad: 3, fast: 1, worse: 4, deep: 2, e: 5, f: 6, g: 7, h: 8 },
      2: { fast: 2, deep: 1 },
    };
    const trained: { names: string[]; round: Round; index: number }[] = [];
    const best = await bestByHalving(Object.keys(losses[1]), 1, async (names, round, index) => {
      trained.push({ names: [...names], round, index });
      return names.map(name => losses[round.epochs][name]);
    });
    expect(best).toBe('deep');
    expect(trained.map(({ names }) => names.length)).toEqual([8, 2]);
    expect(trained[1]).toEqual({ names: ['fast', 'deep'], round: { networks: 2, epochs: 2 }, index: 1 });
  });

  it('trains nothing where there is nothing to compare', async () => {
    const train = () => Promise.reject(new Error('not to be trained'));
    expect(await bestByHalving(['only'], 1, train)).toBe('only');
  });
});
