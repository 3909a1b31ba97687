import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { fitCosts, type MeasuredNetwork } from '../../../src/latency/fit.ts';
import { accuracy } from '../../../src/latency/validate.ts';

/** 8 blocks of 6 candidates, 24 distinct operators whose isolated figures are 10 to 45 % too high, each by its own amount. */
function syntheticDevice(seed: number, noise: number) {
  const random = new Random(seed);
  const keys = Array.from({ length: 24 }, (_, i) => `op${i}`);
  const truth = new Map(keys.map(key => [key, 0.01 + 0.05 * random.next()]));
  const isolated = new Map(keys.map(key => [key, truth.get(key)! * (1.1 + 0.35 * random.next())]));
  const constantMs = 0.02;
  const network = (noisy: boolean): MeasuredNetwork => {
    const operators = Array.from({ length: 8 }, (_, block) => keys[((block >> 1) * 6 + random.below(6)) % 24]);
    const ms = operators.reduce((sum, key) => sum + truth.get(key)!, constantMs);
    return { operators, ms: noisy ? ms * (1 + noise * random.normal()) : ms };
  };
  return { truth, isolated, constantMs, network };
}

describe('fitCosts', () => {
  it('predicts new networks within the noise of the measurements, far better than the sum of isolated figures', () => {
    for (const seed of [1, 2, 3]) {
      const { isolated, constantMs, network } = syntheticDevice(seed, 0.01);
      const fit = fitCosts(
        isolated,
        constantMs,
        Array.from({ length: 80 }, () => network(true)),
      );
      const heldOut = Array.from({ length: 200 }, () => network(false));
      const measured = heldOut.map(({ ms }) => ms);
      const predict = (costs: ReadonlyMap<string, number>, constant: number) =>
        heldOut.map(({ operators }) => operators.reduce((sum, key) => sum + costs.get(key)!, constant));
      const fitted = accuracy(predict(fit.costsMs, fit.constantMs), measured);
      const summed = accuracy(predict(isolated, constantMs), measured);
      expect(fitted.relRmse).toBeLessThan(0.01);
      expect(summed.relRmse).toBeGreaterThan(0.15);
      expect(fit.crossValidationError).toBeLessThan(0.02);
    }
  });

  it('recovers each operator in a network from exact measurements', () => {
    const { truth, isolated, constantMs, network } = syntheticDevice(4, 0);
    const fit = fitCosts(
      isolated,
      constantMs,
      Array.from({ length: 120 }, () => network(false)),
    );
    const errors = [...truth].map(([key, ms]) => Math.abs(fit.costsMs.get(key)! / ms - 1));
    expect(Math.max(...errors)).toBeLessThan(0.1);
  });

  it('falls back on scaled isolated figures for an operator that no network has', () => {
    const isolated = new Map([
      ['a', 1],
      ['b', 2],
      ['unseen', 4],
    ]);
    const networks = [
      { operators: ['a', 'a'], ms: 1 },
      { operators: ['a', 'b'], ms: 1.5 },
      { operators: ['b', 'b'], ms: 2 },
    ];
    const fit = fitCosts(isolated, 0, networks);
    expect(fit.scale).toBeCloseTo(0.5, 10);
    expect(fit.costsMs.get('unseen')).toBeCloseTo(2, 6);
  });

  it('never gives a negative cost, and works with one network', () => {
    const { isolated, constantMs, network } = syntheticDevice(5, 0.2);
    const noisy = fitCosts(
      isolated,
      constantMs,
      Array.from({ length: 30 }, () => network(true)),
    );
    expect(Math.min(noisy.constantMs, ...noisy.costsMs.values())).toBeGreaterThanOrEqual(0);
    const single = fitCosts(new Map([['a', 1]]), 0, [{ operators: ['a', 'a'], ms: 3 }]);
    expect(single.costsMs.get('a')).toBeCloseTo(1.5, 6);
    expect(single.crossValidationError).toBeNull();
  });
});
