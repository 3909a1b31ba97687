import { describe, expect, it } from 'vitest';
import { allocate, release } from '../../../src/runtime/memory.ts';
import { dot } from '../../../src/runtime/passes/dot.ts';
import { MapPasses } from '../../../src/runtime/passes/mapPasses.ts';

/** Three arrays of numbers of either sign. */
function arrays(length: number, make: (length: number) => Float32Array) {
  return [1.7, 0.3, 2.9].map(step => make(length).map((_, i) => Math.sin(i * step)));
}

describe('dot', () => {
  it.each([1, 5, 1024, 20_000, 1_300_003])('is the sum of products of %i numbers, wherever they lie', length => {
    for (const [threads, make] of [
      [1, (size: number) => new Float32Array(size)],
      [1, allocate],
      [2, allocate],
    ] as const) {
      const given = arrays(length, make);
      const placed = given.map(values => {
        const place = make(length);
        place.set(values);
        return place;
      });
      const [y, dy, x] = placed;
      const by = (f: (i: number) => number) => y.reduce((sum, _, i) => sum + f(i) * dy[i], 0);
      const passes = new MapPasses(threads);
      expect(dot(passes, y, dy)).toBeCloseTo(
        by(i => y[i]),
        1,
      );
      expect(dot(passes, y, dy, x)).toBeCloseTo(
        by(i => y[i] - x[i]),
        1,
      );
      placed.forEach(release);
    }
  });
});
