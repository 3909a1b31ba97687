import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { sampleNetworks } from '../../../src/latency/sampling.ts';

const costs = [[1], ...Array.from({ length: 12 }, () => [0, 1, 2, 3, 4, 5])];
const total = (choices: number[]) => choices.reduce((sum, choice, l) => sum + costs[l][choice], 0);

describe('sampleNetworks', () => {
  it('draws different networks, the same for the same seed', () => {
    const networks = sampleNetworks(costs, 120, new Random(1));
    expect(new Set(networks.map(String)).size).toBe(120);
    expect(networks).toEqual(sampleNetworks(costs, 120, new Random(1)));
    expect(networks.every(choices => choices.length === 13 && choices[0] === 0)).toBe(true);
  });

  it('covers a far wider range of latencies than uniform draws, to both sides', () => {
    const sums = sampleNetworks(costs, 120, new Random(2)).map(total);
    // Uniform draws: mean 31, standard deviation sqrt(12 * 35 / 12) = 5.9.
    expect(Math.min(...sums)).toBeLessThan(31 - 3 * 5.9);
    expect(Math.max(...sums)).toBeGreaterThan(31 + 3 * 5.9);
  });

  it('returns all there are in a space of few networks', () => {
    const few = sampleNetworks([[1], [1, 2], [0, 3]], 50, new Random(3));
    expect(few.map(String).sort()).toEqual(['0,0,0', '0,0,1', '0,1,0', '0,1,1']);
  });
});
