import { describe, expect, it } from 'vitest';
import { adamStep, cosineRate, createAdamState, sgdStep } from '../../../src/training/optimisers.ts';
import type { Parameter } from '../../../src/training/parameters.ts';

const weight = (decay: boolean): Parameter => ({
  name: 'w',
  dims: [1],
  start: 'ones',
  decay,
  values: Float32Array.of(1),
});

describe('sgdStep', () => {
  const options = { rate: 0.1, momentum: 0.9, weightDecay: 0.1 };

  it('is Nesterov momentum with weight decay in the gradient', () => {
    const w = weight(true);
    // d = 0.5 + 0.1 x 1 = 0.6; v = 0.6; w = 1 - 0.1 (0.6 + 0.9 x 0.6) = 0.886
    sgdStep(w, Float32Array.of(0.5), options);
    expect(w.values[0]).toBeCloseTo(0.886, 6);
    // d = 0.5 + 0.0886 = 0.5886; v = 0.54 + 0.5886 = 1.1286; w = 0.886 - 0.1 (0.5886 + 1.01574) = 0.725566
    sgdStep(w, Float32Array.of(0.5), options);
    expect(w.values[0]).toBeCloseTo(0.725566, 6);
    expect(w.momentum![0]).toBeCloseTo(1.1286, 6);
  });

  it('does not decay what must not decay', () => {
    const shift = weight(false);
    // d = 0.5; w = 1 - 0.1 (0.5 + 0.45) = 0.905
    sgdStep(shift, Float32Array.of(0.5), options);
    expect(shift.values[0]).toBeCloseTo(0.905, 6);
  });

  it('keeps momentum only for what was updated', () => {
    const w = weight(true);
    expect(w.momentum).toBeUndefined();
    sgdStep(w, Float32Array.of(0), options);
    expect(w.momentum).toHaveLength(1);
  });
});

describe('adamStep', () => {
  it('follows the published algorithm with its corrections', () => {
    const options = { rate: 0.1, beta1: 0.9, beta2: 0.999, eps: 0 };
    const values = Float64Array.of(0);
    const state = createAdamState(1);
    // First step: both corrected moments are those of the gradient alone: 0.1 x 2 / sqrt(4).
    adamStep(values, [2], state, options);
    expect(values[0]).toBeCloseTo(-0.1, 12);
    // m = 0.9 x 0.2 - 0.1 = 0.08, corrected / 0.19; v = 0.999 x 0.004 + 0.001 = 0.004996, corrected / 0.001999.
    adamStep(values, [-1], state, options);
    expect(values[0]).toBeCloseTo(-0.1 - (0.1 * (0.08 / 0.19)) / Math.sqrt(0.004996 / 0.001999), 12);
  });

  it('without a first moment moves by the newest gradient alone', () => {
    const options = { rate: 0.1, beta1: 0, beta2: 0.999, eps: 1e-8 };
    const values = Float64Array.of(0, 0);
    const state = createAdamState(2);
    adamStep(values, [3, 0], state, options);
    const before = values[0];
    adamStep(values, [0, 5], state, options);
    expect(values[0]).toBe(before);
    // v = 0.001 x 25, corrected / 0.001999
    expect(values[1]).toBeCloseTo((-0.1 * 5) / Math.sqrt(0.025 / 0.001999), 7);
  });
});

describe('cosineRate', () => {
  it('falls from the whole rate along half a cosine to 0 and stays there', () => {
    // cos(pi / 3) = 1/2, cos(pi / 2) = 0
    expect(cosineRate(0.2, 0, 60)).toBeCloseTo(0.2, 12);
    expect(cosineRate(0.2, 20, 60)).toBeCloseTo(0.15, 12);
    expect(cosineRate(0.2, 30, 60)).toBeCloseTo(0.1, 12);
    expect(cosineRate(0.2, 60, 60)).toBeCloseTo(0, 12);
    expect(cosineRate(0.2, 90, 60)).toBeCloseTo(0, 12);
  });

  it('is the whole rate where no step is left to fall over', () => {
    expect(cosineRate(0.2, 0, 0)).toBe(0.2);
  });
});
