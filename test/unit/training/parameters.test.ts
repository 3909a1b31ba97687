import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createParameter, type ParameterSpec, updateStatistics } from '../../../src/training/parameters.ts';

const create = (spec: Omit<ParameterSpec, 'name' | 'decay'>) =>
  createParameter({ name: 'p', decay: true, ...spec }, new Random(1)).values;

/** The mean of the squares against the variance of a distribution of mean 0, within `5 sqrt(spread / n)`. */
function expectVariance(values: Float32Array, variance: number, spread: number): void {
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(square - variance)).toBeLessThan(5 * Math.sqrt(spread / values.length));
}

describe('createParameter', () => {
  it('starts convolutions at the variance 2 / (k k out / groups)', () => {
    // 2 / (9 x 64); the square of a normal number has the variance 2 sigma^4.
    expectVariance(create({ dims: [64, 8, 3, 3], start: 'convolution' }), 2 / 576, 2 * (2 / 576) ** 2);
    // Depthwise: fan-out of one channel, 2 / 25.
    const depthwise = create({ dims: [64, 1, 5, 5], start: 'convolution', groups: 64 });
    expectVariance(depthwise, 2 / 25, 2 * (2 / 25) ** 2);
  });

  it('starts linear layers evenly within 1 / sqrt(inputs)', () => {
    const values = create({ dims: [50, 100, 1, 1], start: 'linear' });
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
    // Uniform in +-b: variance b^2 / 3, that of the square 4 b^4 / 45.
    expectVariance(values, 0.01 / 3, (4 * 0.1 ** 4) / 45);
  });

  it('starts scales at 1 and shifts at 0', () => {
    expect([...create({ dims: [3], start: 'ones' })]).toEqual([1, 1, 1]);
    expect([...create({ dims: [3], start: 'zeros' })]).toEqual([0, 0, 0]);
  });
});

describe('updateStatistics', () => {
  it('moves by the momentum towards the batch, with the variance made unbiased', () => {
    const running = { mean: Float32Array.of(0, 1), variance: Float32Array.of(1, 2), momentum: 0.1 };
    // 1, 3, 5, 7: mean 4, variance 5, unbiased 20/3; 0.9 x 0 + 0.1 x 4 and 0.9 x 1 + 0.1 x 20/3.
    updateStatistics(running, Float32Array.of(4, 1), Float32Array.of(5, 0), 4);
    expect(running.mean[0]).toBeCloseTo(0.4, 6);
    expect(running.variance[0]).toBeCloseTo(0.9 + 2 / 3, 6);
    expect(running.mean[1]).toBe(1);
    expect(running.variance[1]).toBeCloseTo(1.8, 6);
  });

  it('stays finite for a batch of one element', () => {
    const running = { mean: Float32Array.of(0), variance: Float32Array.of(1), momentum: 0.5 };
    updateStatistics(running, Float32Array.of(2), Float32Array.of(0), 1);
    expect([running.mean[0], running.variance[0]]).toEqual([1, 0.5]);
  });
});
