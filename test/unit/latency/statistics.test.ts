import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { median, middleMean, spread } from '../../../src/latency/statistics.ts';

describe('statistics', () => {
  it('takes the middle value, or the mean of the two in the middle', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 2, 10])).toBe(3);
  });

  it('takes the mean of the middle half, whatever lies outside', () => {
    expect(middleMean([-50, 3, 4, 4, 4, 3, 90, 1000])).toBe(3.75);
    expect(middleMean([7])).toBe(7);
  });

  it('gives the median absolute deviation and counts far values above only', () => {
    expect(spread([1, 2, 3, 4, 100])).toMatchObject({ median: 3, mad: 1, outliers: 1 });
    expect(spread([-100, 2, 3, 4, 5])).toMatchObject({ median: 3, mad: 1, outliers: 0 });
  });

  it('has no interval for five values, and one from order statistics for nine', () => {
    expect(spread([1, 1, 1, 1, 1]).halfWidth).toBe(Number.POSITIVE_INFINITY);
    // n = 9: ranks 9/2 -+ 2.94 -> indices 1 and 8, values 2 and 9 around 5.
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8, 9]).halfWidth).toBe(4);
  });

  it('covers the true median in at least 95 % of trials', () => {
    const random = new Random(7);
    let covered = 0;
    for (let trial = 0; trial < 1000; trial++) {
      // Exponential: median ln 2, strongly skewed.
      const values = Array.from({ length: 40 }, () => -Math.log(1 - random.next()));
      const { median: middle, halfWidth } = spread(values);
      if (Math.abs(middle - Math.LN2) <= halfWidth) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(950);
  });
});
