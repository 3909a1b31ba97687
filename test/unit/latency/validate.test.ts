import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { accuracy, kendallTau } from '../../../src/latency/validate.ts';

/** Tau-b by its definition, all pairs. */
function tauByPairs(x: number[], y: number[]): number {
  let difference = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      difference += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j]);
      untiedX += x[i] === x[j] ? 0 : 1;
      untiedY += y[i] === y[j] ? 0 : 1;
    }
  }
  return difference / Math.sqrt(untiedX * untiedY);
}

describe('kendallTau', () => {
  it('is 1 for the same order, -1 for the opposite one, 0 when one side is all ties', () => {
    expect(kendallTau([1, 2, 3, 4], [10, 20, 30, 40])).toBe(1);
    expect(kendallTau([1, 2, 3, 4], [9, 7, 5, 1])).toBe(-1);
    expect(kendallTau([1, 2, 3], [5, 5, 5])).toBe(0);
  });

  it('agrees with the definition over all pairs, with and without ties', () => {
    const random = new Random(2);
    for (let trial = 0; trial < 60; trial++) {
      const n = 2 + random.below(40);
      const values = trial % 2 ? () => random.next() : () => random.below(6);
      // First two values differ, so that no side is all ties.
      const x = [0, 9, ...Array.from({ length: n }, values)];
      const y = [9, 0, ...Array.from({ length: n }, values)];
      expect(kendallTau(x, y)).toBeCloseTo(tauByPairs(x, y), 12);
    }
  });
});

describe('accuracy', () => {
  it('gives the hand-worked figures', () => {
    const result = accuracy([1.04, 1.8, 4.6], [1, 2, 4]);
    expect(result.networks).toBe(3);
    expect(result.within5pct).toBeCloseTo(1 / 3);
    expect(result.within10pct).toBeCloseTo(2 / 3);
    expect(result.relRmse).toBeCloseTo(Math.sqrt((0.04 ** 2 + 0.1 ** 2 + 0.15 ** 2) / 3));
    expect(result.rmseMs).toBeCloseTo(Math.sqrt((0.04 ** 2 + 0.2 ** 2 + 0.6 ** 2) / 3));
    expect(result.kendallTau).toBe(1);
  });
});
