import { describe, expect, it } from 'vitest';
import { compareDevices, type PricedDevice } from '../../../src/engine/across/compareDevices.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { deviceComparisonSchema } from '../../../src/protocol/deviceComparison.ts';
import { countedCost } from '../../../src/space/budgets.ts';
import { keeps, networkCost } from '../../../src/space/cost.ts';
import { tinySpace } from './tinySpace.ts';

const space = tinySpace();
const priced = (device: PricedDevice['device'], costsMs: number[][]): PricedDevice => ({
  device,
  description: `a ${device.target}`,
  predictor: new LatencyPredictor(costsMs, 1),
});
// The browser minds 3x3 where the processor minds 5x5.
const cpu = priced({ target: 'cpu', precision: 'fp32' }, [[0.5], [1, 3, 0], [2, 5], [1.5, 4, 0], [0.5]]);
const browser = priced({ target: 'browser', precision: 'fp32' }, [[5], [30, 10, 0], [50, 20], [40, 15, 0], [5]]);
const everywhere = [0, 1, 2].flatMap(a => [0, 1].flatMap(b => [0, 1, 2].map(c => [0, a, b, c, 0])));
/** 3x3 a little more probable than 5x5, and leaving out least of all. */
const alphas = [
  [1, 0.9, 0],
  [1, 0.9],
  [1, 0.9, 0],
];
const score = (choices: readonly number[]) => [1, 2, 3].reduce((sum, l) => sum + alphas[l - 1][choices[l]], 0);

describe('compareDevices', () => {
  const compared = compareDevices(space, cpu, [browser], { targetMs: 8.5, alphas });

  it('gives each device the target that the same share of networks is within', () => {
    const within = everywhere.filter(one => cpu.predictor.predict(one) <= 8.5).length;
    expect(compared.feasibleShare).toBeCloseTo(within / everywhere.length, 1);
    const [own, other] = compared.devices.map(({ targetMs }) => targetMs as number);
    expect(own).toBe(8.5);
    const withinOther = everywhere.filter(one => browser.predictor.predict(one) <= other).length;
    expect(Math.abs(withinOther - within)).toBeLessThanOrEqual(1);
    expect(compared.devices.map(({ fastestMs, slowestMs }) => [fastestMs, slowestMs])).toEqual([
      [4, 14],
      [31, 131],
    ]);
  });

  it('chooses for each the most probable network within its target, and prices it on all', () => {
    for (const [d, { predictor }] of [cpu, browser].entries()) {
      const { choices, latencyMs } = compared.chosen[d]!;
      const targetMs = compared.devices[d].targetMs as number;
      const within = everywhere.filter(one => predictor.predict(one) <= targetMs);
      expect(score(choices)).toBeCloseTo(Math.max(...within.map(score)), 12);
      expect(latencyMs).toEqual([cpu, browser].map(one => one.predictor.predict(choices)));
      expect(latencyMs[d]).toBeLessThanOrEqual(targetMs);
    }
    // Each would miss the other's target with the other's network.
    expect(compared.chosen[0]!.latencyMs[1]).toBeGreaterThan(compared.devices[1].targetMs as number);
  });

  it('says how far they agree', () => {
    expect(compared.agreement).toEqual([{ devices: [0, 1], kendallTau: expect.any(Number) }]);
    expect(compared.agreement[0].kendallTau).toBeLessThan(0.5);
    const same = compareDevices(space, cpu, [{ ...cpu, device: { target: 'cpu', precision: 'int8' } }], {
      targetMs: 8,
    });
    expect(same.agreement[0].kendallTau).toBe(1);
    expect(same.devices[1].targetMs).toBeCloseTo(8, 12);
    expect(new Set(same.disagreements.map(({ ratio }) => ratio))).toEqual(new Set([1]));
  });

  it('chooses nothing where there was no search, and has no targets where the own device is not there', () => {
    expect(compareDevices(space, cpu, [browser], { targetMs: 8.5 }).chosen).toEqual([]);
    const without = compareDevices(space, undefined, [cpu, browser], { targetMs: 8.5, alphas });
    expect(without.feasibleShare).toBeNull();
    expect(without.devices.map(({ targetMs }) => targetMs)).toEqual([null, null]);
    expect(without.chosen).toEqual([null, null]);
  });

  it('keeps budgets, bans, and to what can be had at all', () => {
    const cost = countedCost(space, 'macs');
    const macs = networkCost(cost, [0, 0, 0, 2, 0]);
    const tight = { ...space, objective: { ...space.objective, budget: { macs } } };
    const { chosen } = compareDevices(tight, cpu, [browser], { targetMs: 14, alphas });
    for (const one of chosen) expect(keeps([{ cost, most: macs }], one!.choices)).toBe(true);
    const banned = [[1, Number.NEGATIVE_INFINITY, 0], ...alphas.slice(1)];
    const free = compareDevices(space, cpu, [browser], { targetMs: 14, alphas: banned });
    expect(free.chosen.map(one => one!.choices[1])).not.toContain(1);
    // Nothing as fast is left.
    const dear = [[Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY], ...alphas.slice(1)];
    expect(compareDevices(space, cpu, [browser], { targetMs: 4, alphas: dear }).chosen[0]).toBeNull();
  });

  it('is what its file can hold', () => {
    const file = { ...compared, absent: [{ name: 'webgpu', reason: 'none is there' }] };
    expect(deviceComparisonSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });
});
