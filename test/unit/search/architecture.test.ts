import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import {
  alphaGradients,
  createArchitectureParameters,
  drawPair,
  entropy,
  softmax,
  updatePair,
} from '../../../src/search/architecture.ts';

const adam = { rate: 0.1, beta1: 0, beta2: 0.999, eps: 1e-8 };

describe('softmax', () => {
  it('is exp(a_i) over the sum, also where exp overflows', () => {
    const expected = [1 / 6, 2 / 6, 3 / 6];
    for (const offset of [0, 5000, -5000]) {
      const p = softmax([1, 2, 3].map(x => Math.log(x) + offset));
      expected.forEach((value, i) => {
        expect(p[i]).toBeCloseTo(value, 10);
      });
    }
  });
});

describe('entropy', () => {
  it('is ln n for n equal probabilities and 0 for a certain one', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
    expect(entropy([0, 1, 0])).toBeCloseTo(0, 12);
    // -(1/2 ln 1/2 + 2 x 1/4 ln 1/4) = 3/2 ln 2
    expect(entropy([0.5, 0.25, 0.25])).toBeCloseTo(1.5 * Math.log(2), 12);
  });
});

describe('alphaGradients', () => {
  it('agrees with central differences of a function of the softmax', () => {
    const alpha = [0.3, -1.2, 0.8, 0.1];
    const weights = [2, -1, 0.5, 3];
    const loss = (at: number[]) => {
      const total = at.reduce((sum, a) => sum + Math.exp(a), 0);
      return at.reduce((sum, a, i) => sum + weights[i] * (Math.exp(a) / total) ** 2, 0);
    };
    const p = softmax(alpha);
    const byAlpha = alphaGradients(
      p,
      weights.map((w, i) => 2 * w * p[i]),
    );
    const step = 1e-6;
    alpha.forEach((value, i) => {
      const difference = (loss(alpha.with(i, value + step)) - loss(alpha.with(i, value - step))) / (2 * step);
      expect(byAlpha[i]).toBeCloseTo(difference, 8);
    });
  });

  it('does not see what is common to all gates', () => {
    const p = softmax([1, 2, 3]);
    for (const gradient of alphaGradients(p, [7, 7, 7])) expect(gradient).toBeCloseTo(0, 12);
  });
});

describe('createArchitectureParameters', () => {
  it('starts near 0 with the spread 1e-3, the same for the same seed', () => {
    const { alpha } = createArchitectureParameters(2000, new Random(1));
    const square = alpha.reduce((sum, a) => sum + a * a, 0) / alpha.length;
    // The mean of n squares of normal numbers has the relative deviation sqrt(2 / n).
    expect(Math.abs(square / 1e-6 - 1)).toBeLessThan(5 * Math.sqrt(2 / 2000));
    expect(createArchitectureParameters(2000, new Random(1)).alpha).toEqual(alpha);
  });
});

describe('drawPair', () => {
  it('draws without replacement by the probabilities, and the active one by the two renormalised', () => {
    const p = Float64Array.of(0.2, 0.3, 0.5);
    const random = new Random(2);
    const draws = 20_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const { indices, active } = drawPair(p, random);
      const key = `${indices} ${active}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        if (a === b) continue;
        for (const active of [0, 1]) {
          const expected = ((p[a] * p[b]) / (1 - p[a])) * (p[active ? b : a] / (p[a] + p[b]));
          const share = (counts.get(`${[a, b]} ${active}`) ?? 0) / draws;
          expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / draws));
        }
      }
  });

  it('gives two different candidates with probabilities of sum 1, even where one is almost certain', () => {
    const random = new Random(3);
    for (let i = 0; i < 100; i++) {
      const { indices, probabilities } = drawPair(Float64Array.of(0, 1, 0), random);
      expect(indices[0]).not.toBe(indices[1]);
      expect(probabilities[0] + probabilities[1]).toBeCloseTo(1, 12);
    }
  });
});

describe('updatePair', () => {
  it('moves probability between the two and leaves that of the others, step after step', () => {
    const block = createArchitectureParameters(4, new Random(4));
    block.alpha.set([0.5, -1, 2, 0]);
    for (const [a, b] of [
      [0, 2],
      [2, 1],
      [3, 0],
    ]) {
      const before = softmax(block.alpha);
      updatePair(block, [a, b], [1, -1], adam);
      const after = softmax(block.alpha);
      expect(after[a]).toBeLessThan(before[a]);
      expect(after[b]).toBeGreaterThan(before[b]);
      for (const i of [0, 1, 2, 3].filter(index => index !== a && index !== b))
        expect(after[i]).toBeCloseTo(before[i], 12);
    }
  });

  it('keeps the sum of the exponentials of the two', () => {
    const block = createArchitectureParameters(3, new Random(5));
    const sum = () => Math.exp(block.alpha[0]) + Math.exp(block.alpha[2]);
    const before = sum();
    updatePair(block, [0, 2], [0.7, 0.2], adam);
    expect(sum()).toBeCloseTo(before, 12);
  });
});
