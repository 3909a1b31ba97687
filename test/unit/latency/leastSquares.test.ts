import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { nonNegativeLeastSquares } from '../../../src/latency/leastSquares.ts';

const rows = (...values: number[][]) => values.map(row => Float64Array.from(row));

describe('nonNegativeLeastSquares', () => {
  it('solves a system whose solution is positive', () => {
    // 2x + y = 5, x + 3y = 10
    const [x, y] = nonNegativeLeastSquares(rows([2, 1], [1, 3]), [5, 10], [0, 0], [0, 0]);
    expect(x).toBeCloseTo(1, 6);
    expect(y).toBeCloseTo(3, 6);
  });

  it('puts an unknown that would be negative at 0 and solves for the rest', () => {
    // Free solution of x + y = 1, x + 2y = 3, x + 3y = 5 is x = -1, y = 2; with x = 0, y = (1 + 6 + 15) / 14.
    const [x, y] = nonNegativeLeastSquares(rows([1, 1], [1, 2], [1, 3]), [1, 3, 5], [0, 0], [0, 0]);
    expect(x).toBe(0);
    expect(y).toBeCloseTo(22 / 14, 8);
  });

  it('lets a ridge pull towards the prior by the hand-worked amount', () => {
    // min (x - 1)^2 + 3 (x - 5)^2 at x = (1 + 15) / 4
    expect(nonNegativeLeastSquares(rows([1]), [1], [3], [5])[0]).toBeCloseTo(4, 10);
  });

  it('keeps the prior of an unknown that no row mentions', () => {
    expect([...nonNegativeLeastSquares(rows([1, 0]), [2], [0, 1e-6], [0, 7])]).toEqual([2, 7]);
  });

  it('meets the optimality conditions on random problems', () => {
    const random = new Random(11);
    for (let trial = 0; trial < 20; trial++) {
      const a = rows(...Array.from({ length: 12 }, () => Array.from({ length: 8 }, () => random.normal())));
      const b = Array.from({ length: 12 }, () => random.normal());
      const x = nonNegativeLeastSquares(a, b, new Float64Array(8), new Float64Array(8));
      const residual = a.map((row, r) => row.reduce((sum, value, j) => sum + value * x[j], -b[r]));
      for (let j = 0; j < 8; j++) {
        const gradient = a.reduce((sum, row, r) => sum + row[j] * residual[r], 0);
        if (x[j] > 0) expect(Math.abs(gradient)).toBeLessThan(1e-6);
        else expect(gradient).toBeGreaterThan(-1e-6);
      }
    }
  });
});
