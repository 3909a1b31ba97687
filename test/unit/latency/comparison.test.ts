import { describe, expect, it } from 'vitest';
import { disagreements, equivalentTarget, feasibleShare, randomLatencies } from '../../../src/latency/comparison.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';

describe('randomLatencies', () => {
  const fast = new LatencyPredictor([[1], [1, 2], [0, 4, 8]], 0.5);
  const slow = new LatencyPredictor([[10], [10, 20], [0, 40, 80]], 5);

  it('prices the same networks on every device, each candidate of a block as often as the others', () => {
    const [a, b] = randomLatencies([fast, slow], 6000, 1);
    expect(Math.max(...b.map((ms, n) => Math.abs(ms - 10 * a[n])))).toBeLessThan(1e-9);
    const counts = Map.groupBy(a, ms => ms);
    expect([...counts.keys()].sort((x, y) => x - y)).toEqual([2.5, 3.5, 6.5, 7.5, 10.5, 11.5]);
    for (const { length } of counts.values()) expect(Math.abs(length - 1000)).toBeLessThan(120);
  });

  it('draws the same networks for the same seed', () => {
    expect(randomLatencies([fast], 50, 3)).toEqual(randomLatencies([fast], 50, 3));
    expect(randomLatencies([fast], 50, 3)).not.toEqual(randomLatencies([fast], 50, 4));
  });
});

describe('equivalentTarget', () => {
  const own = { fastest: 1, slowest: 6, random: [5, 2, 4, 3] };
  const other = { fastest: 10, slowest: 100, random: [20, 80, 30, 50] };

  it.each([
    // Ranks of the random networks, and of the two ends.
    [2, 20],
    [3, 30],
    [4, 50],
    [5, 80],
    [1, 10],
    [6, 100],
    // Between two ranks.
    [3.5, 40],
    [1.5, 15],
    // No network keeps it; every one does.
    [0.5, 10],
    [9, 100],
  ])('makes %s ms on one device %s ms on the other', (targetMs, expected) => {
    expect(equivalentTarget(targetMs, own, other)).toBe(expected);
  });

  it('keeps the share of networks that are within it', () => {
    for (const targetMs of [2, 3, 3.5, 4.9, 5]) {
      expect(feasibleShare(equivalentTarget(targetMs, own, other), other)).toBe(feasibleShare(targetMs, own));
    }
    expect(feasibleShare(3, own)).toBe(0.5);
  });

  it('is the target itself on a device that is the same', () => {
    for (const targetMs of [1, 2.25, 5.5]) expect(equivalentTarget(targetMs, own, own)).toBeCloseTo(targetMs, 12);
  });
});

describe('disagreements', () => {
  it('lists what one device minds more than another, whatever their speed', () => {
    // The second device is ten times as slow, and minds the last candidate of the second block half as much.
    const costs = [
      [[3], [1, 1, 2], [2, 2]],
      [[1], [10, 10, 10], [20, 20]],
    ];
    const [first, second, third, ...rest] = disagreements(costs);
    // 2 of a mean of 4/3, against 10 of 10.
    expect(first).toEqual({ block: 1, candidate: 2, dearer: 0, cheaper: 1, ratio: expect.closeTo(1.5, 12) });
    expect(second).toEqual({ block: 1, candidate: 0, dearer: 1, cheaper: 0, ratio: expect.closeTo(4 / 3, 12) });
    expect(third).toMatchObject({ block: 1, candidate: 1 });
    expect(rest.map(({ block, ratio }) => [block, ratio])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  it('takes the two of several devices that are farthest apart', () => {
    const found = disagreements([[[1, 3]], [[2, 2]], [[3, 1]]]);
    expect(found).toEqual([
      { block: 0, candidate: 0, dearer: 2, cheaper: 0, ratio: 3 },
      { block: 0, candidate: 1, dearer: 0, cheaper: 2, ratio: 3 },
    ]);
  });

  it('makes nothing of costs that are next to none', () => {
    const found = disagreements([
      [
        [0, 1, 1],
        [0, 0],
      ],
      [
        [0.001, 1, 1.2],
        [0, 0],
      ],
    ]);
    expect(found.map(({ candidate }) => candidate)).toEqual([1, 2]);
  });
});
