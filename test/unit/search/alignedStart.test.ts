import { describe, expect, it } from 'vitest';
import { alignedStart } from '../../../src/search/alignedStart.ts';

const weights = (out: number, input: number, kernel: number, groups = 1) => ({
  name: 'w',
  dims: [out, input, kernel, kernel],
  start: 'convolution' as const,
  decay: true,
  groups,
});

/** The weight between two channels at a place counted from the kernel's centre. */
function at(values: Float32Array, [, input, kernel]: readonly number[], o: number, i: number, y: number, x: number) {
  const middle = (kernel - 1) / 2;
  return values[((o * input + i) * kernel + middle + y) * kernel + middle + x];
}

describe('alignedStart', () => {
  it.each([
    ['depthwise kernels of 3, 5 and 7', weights(24, 1, 3, 24), [weights(24, 1, 5, 24), weights(24, 1, 7, 24)]],
    ['pointwise expansions', weights(24, 8, 1), [weights(48, 8, 1)]],
    ['projections from more channels', weights(8, 24, 1), [weights(8, 48, 1)]],
  ])('is the same, up to its scale, where candidates overlap: %s', (_, small, larger) => {
    const [out, input, kernel] = small.dims;
    const first = alignedStart(small, 'block');
    const reach = (kernel - 1) / 2;
    for (const large of larger) {
      const second = alignedStart(large, 'block');
      // Of the variance 2 groups / (9 out), by He et al., only `out` and `groups` differ.
      const scale = Math.sqrt((large.groups / large.dims[0]) * (small.dims[0] / small.groups));
      for (let o = 0; o < out; o++)
        for (let i = 0; i < input; i++)
          for (let y = -reach; y <= reach; y++)
            for (let x = -reach; x <= reach; x++)
              expect(at(second, large.dims, o, i, y, x)).toBeCloseTo(at(first, small.dims, o, i, y, x) * scale, 6);
    }
  });

  it('is 0 outside the 3x3 that all kernels share', () => {
    const spec = weights(6, 4, 7);
    const values = alignedStart(spec, 'block');
    for (let place = 0; place < 49; place++) {
      const [y, x] = [Math.floor(place / 7) - 3, (place % 7) - 3];
      const inside = Math.max(Math.abs(y), Math.abs(x)) <= 1;
      for (let o = 0; o < 6; o++)
        for (let i = 0; i < 4; i++) expect(at(values, spec.dims, o, i, y, x) !== 0).toBe(inside);
    }
  });

  it.each([
    ['3x3', weights(64, 32, 3), Math.sqrt(2 / (9 * 64))],
    ['1x1', weights(256, 64, 1), Math.sqrt(2 / 256)],
    ['depthwise 5x5, its centre', weights(2048, 1, 5, 2048), Math.sqrt(2 / 9)],
  ])('has mean 0 and the deviation of He et al.: %s', (_, spec, deviation) => {
    const values = alignedStart(spec, 'block').filter(value => value !== 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Of n normal numbers: the mean is off by s / sqrt(n), the deviation by s / sqrt(2 n); five times that at most.
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
    expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThan((5 * deviation) / Math.sqrt(2 * values.length));
  });

  it('differs by key and is the same for the same', () => {
    const spec = weights(8, 4, 3);
    expect(alignedStart(spec, 'a')).toEqual(alignedStart(spec, 'a'));
    const [a, b] = ['a', 'b'].map(key => alignedStart(spec, key));
    expect(a.filter((value, i) => value === b[i])).toHaveLength(0);
  });

  it('repeats no number within a tensor', () => {
    const values = alignedStart(weights(32, 16, 3), 'block');
    expect(new Set(values).size).toBe(values.length);
  });
});
