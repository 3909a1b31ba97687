import { describe, expect, it } from 'vitest';
import { dot } from '../../../src/training/dot.ts';

describe('dot', () => {
  it.each([1, 3, 4, 7, 16])('is the sum of products of %i elements, of the difference where a third is given', size => {
    const y = Float32Array.from({ length: size }, (_, i) => i + 1);
    const x = Float32Array.from({ length: size }, (_, i) => 2 - i);
    const dy = Float32Array.from({ length: size }, (_, i) => (i % 2 ? -3 : 2));
    const by = (f: (i: number) => number) => Array.from(dy, (value, i) => value * f(i)).reduce((a, b) => a + b, 0);
    expect(dot(y, dy)).toBe(by(i => y[i]));
    expect(dot(y, dy, x)).toBe(by(i => y[i] - x[i]));
  });
});
