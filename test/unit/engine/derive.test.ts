import { describe, expect, it } from 'vitest';
import { randomFeasible } from '../../../src/engine/contest/baselines.ts';
import { type DeriveTools, derive } from '../../../src/engine/search/derive.ts';
import { allLimits, type Limits } from '../../../src/engine/search/limits.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { deriveNetwork } from '../../../src/space/analysis.ts';
import type { LayerGraph } from '../../../src/space/layerGraph.ts';
import { reportOf } from './measurements.ts';
import { tinySpace } from './tinySpace.ts';

const space = tinySpace();
const text = (layers: LayerGraph) => JSON.stringify(layers);
/** Eighteen networks from 2 ms (all least) to 2 + 3 + 5 + 4 ms. */
const costsMs = [[0.5], [1, 3, 0], [2, 5], [1.5, 4, 0], [0.5]];
const predictor = new LatencyPredictor(costsMs, 1);
const limitsAt = (targetMs: number): Limits => ({ latency: { predictor, targetMs }, budgets: [] });
const everywhere = [
  [0, 1, 2],
  [0, 1],
  [0, 1, 2],
];
const all = everywhere[0].flatMap(a => everywhere[1].flatMap(b => everywhere[2].map(c => [0, a, b, c, 0])));
const equal = [
  [0, 0, 0],
  [0, 0],
  [0, 0, 0],
];

/** Loss of a path: smaller for the given one, otherwise by its number. */
const judgeFor = (best: number[]) => async (networks: readonly (readonly number[])[]) =>
  networks.map(choices =>
    choices.join() === best.join() ? 0.1 : 1 + all.findIndex(one => one.join() === choices.join()) / 100,
  );

function tools(judge: DeriveTools['judge'], off = 1) {
  const measured: number[][] = [];
  const made: DeriveTools = {
    judge,
    // Times by the table, all off by the same factor.
    measure: async models => {
      measured.push(...models.map(({ key }) => key.split(',').map(Number)));
      return reportOf(models.map(({ key }) => [key, predictor.predict(key.split(',').map(Number)) * off]));
    },
    rehearse: async () => {
      throw new Error('this space asks for no finalists');
    },
    rest: async () => {},
    onProgress: () => {},
  };
  return { measured, made };
}

describe('derive', () => {
  it.each([4.5, 6, 8, 9.5, 14])('keeps a target of %s ms and uses most of it', async targetMs => {
    const { measured, made } = tools(judgeFor([]));
    const { choices, predictedMs, measuredMs } = await derive(space, equal, limitsAt(targetMs), 1, made);
    expect(predictor.predict(choices)).toBe(predictedMs);
    expect(measuredMs).toBeLessThanOrEqual(targetMs * 1.01);
    const within = all.map(one => predictor.predict(one)).filter(ms => ms <= targetMs);
    expect(measuredMs).toBeGreaterThanOrEqual(Math.max(...within) * 0.95);
    expect(measured.length).toBeLessThanOrEqual(12);
  });

  it('remembers what was measured beside the one it takes', async () => {
    const { measured, made } = tools(judgeFor([]));
    const { choices, references = [] } = await derive(space, equal, limitsAt(8), 1, made);
    const others = measured.filter(one => one.join() !== choices.join());
    expect(others.length).toBeGreaterThan(0);
    expect(references.map(one => one.choices)).toEqual(others);
    for (const one of references) expect(one.measuredMs).toBe(predictor.predict(one.choices));
  });

  it('takes the one that does best on held-out images of those that come near the target', async () => {
    // 1 + 0.5 + 3 + 2 + 1.5 + 0.5 and 1 + 0.5 + 0 + 5 + 1.5 + 0.5
    const near = all.filter(one => predictor.predict(one) === 8.5);
    expect(near).toHaveLength(2);
    for (const best of near) {
      const { made } = tools(judgeFor(best));
      expect((await derive(space, equal, limitsAt(8.5), 1, made)).choices).toEqual(best);
    }
  });

  it('does not take a network over the target, however well it does', async () => {
    const { made } = tools(judgeFor([0, 1, 1, 1, 0]));
    const { measuredMs } = await derive(space, equal, limitsAt(9), 1, made);
    expect(measuredMs).toBeLessThanOrEqual(9 * 1.01);
  });

  it.each([0.8, 1.25])('corrects its limit where the device takes %s of what the table says', async off => {
    const targetMs = 9 * off;
    const { made } = tools(judgeFor([]), off);
    const { predictedMs, measuredMs } = await derive(space, equal, limitsAt(targetMs), 1, made);
    expect(measuredMs).toBeCloseTo((predictedMs as number) * off, 10);
    expect(measuredMs).toBeLessThanOrEqual(targetMs * 1.01);
    expect(measuredMs).toBeGreaterThanOrEqual(targetMs * 0.95);
  });

  it('is not led astray by a machine that is busy for a while', async () => {
    const { made } = tools(judgeFor([]));
    const { measure } = made;
    let times = 0;
    // Half as fast again for the first two looks.
    const busy: DeriveTools['measure'] = async (models, options) => {
      const { measurements, noise } = await measure!(models, options);
      const factor = times++ < 2 ? 1.5 : 1;
      return { measurements: measurements.map(one => ({ ...one, medianMs: one.medianMs * factor })), noise };
    };
    const { choices, measuredMs } = await derive(space, equal, limitsAt(9), 1, { ...made, measure: busy });
    expect(measuredMs).toBe(predictor.predict(choices));
    expect(measuredMs).toBeGreaterThanOrEqual(9 * 0.95);
    expect(times).toBe(3);
  });

  // Looks at the machine: one a round, and two more where it is slower than was expected.
  it.each([
    { becomes: 'faster after the first round', paces: [1.02, 0.6], ends: 0.6 },
    { becomes: 'faster and faster', paces: [1.02, 0.8, 0.6], ends: 0.6 },
    { becomes: 'slower after the first round', paces: [0.6, 1, 1, 1], ends: 0.6 },
  ])('compares networks at one pace of a machine that becomes $becomes', async ({ paces, ends }) => {
    const { made } = tools(judgeFor([]));
    const { measure } = made;
    let pace = 1;
    const changing: DeriveTools['measure'] = async (models, options) => {
      pace = paces.shift() ?? pace;
      const { measurements, noise } = await measure!(models, options);
      return { measurements: measurements.map(one => ({ ...one, medianMs: one.medianMs * pace })), noise };
    };
    const { choices, measuredMs, references } = await derive(space, equal, limitsAt(6), 1, {
      ...made,
      measure: changing,
    });
    for (const one of [{ choices, measuredMs }, ...(references ?? [])])
      expect(one.measuredMs).toBeCloseTo(predictor.predict(one.choices) * ends, 10);
    expect(measuredMs).toBeGreaterThanOrEqual(6 * 0.95);
    expect(measuredMs).toBeLessThanOrEqual(6 * 1.01);
  });

  it('takes no candidate that locks and bans leave out, whatever that costs', async () => {
    const out = Number.NEGATIVE_INFINITY;
    // Without the dearest operators of two blocks, and with one alone in the third.
    const alphas = [
      [0, out, 0],
      [out, 0],
      [0, out, 0],
    ];
    for (const targetMs of [7, 9.5, 14]) {
      const { measured, made } = tools(judgeFor([0, 1, 1, 1, 0]));
      const { choices } = await derive(space, alphas, limitsAt(targetMs), 1, made);
      for (const one of [choices, ...measured]) {
        expect(one[1]).not.toBe(1);
        expect(one[2]).toBe(1);
        expect(one[3]).not.toBe(1);
      }
    }
  });

  it('lets finalists of every depth be decided by their own training', async () => {
    const finalists = tinySpace({ finalists: { networks: 4, epochs: 1 } });
    const depth = (choices: readonly number[]) =>
      choices.filter((choice, l) => !finalists.blocks[l].candidates[choice].zero).length;
    // By the supernet, depth is all that counts; on its own, the shallower the better.
    const { made } = tools(async networks => networks.map(choices => 10 - depth(choices)));
    const rehearsed: number[][] = [];
    const rehearse: DeriveTools['rehearse'] = async networks => {
      rehearsed.push(...networks.map(one => [...one]));
      return networks.map(depth);
    };
    // At 8.5 ms stand one network of three searched blocks and one of two.
    const { choices } = await derive(finalists, equal, limitsAt(8.5), 1, { ...made, rehearse });
    expect(new Set(rehearsed.map(depth)).size).toBeGreaterThan(1);
    expect(new Set(rehearsed.map(String)).size).toBeLessThanOrEqual(4);
    expect(depth(choices)).toBe(Math.min(...rehearsed.map(depth)));
  });

  it('chooses again where the machine turns out to be much faster once finalists are trained', async () => {
    const finalists = tinySpace({ finalists: { networks: 2, epochs: 1 } });
    const { made } = tools(judgeFor([]));
    const { measure } = made;
    const trainings: number[][][] = [];
    const rehearse: DeriveTools['rehearse'] = async networks => {
      trainings.push(networks.map(one => [...one]));
      return networks.map((_, i) => i);
    };
    // As slow as when the table was made, until the first finalists have been trained.
    const changing: DeriveTools['measure'] = async (models, options) => {
      const { measurements, noise } = await measure!(models, options);
      const pace = trainings.length > 0 ? 0.7 : 1;
      return { measurements: measurements.map(one => ({ ...one, medianMs: one.medianMs * pace })), noise };
    };
    const derived = await derive(finalists, equal, limitsAt(8.5), 1, { ...made, rehearse, measure: changing });
    const predicted = predictor.predict(derived.choices);
    expect(derived.measuredMs).toBeCloseTo(predicted * 0.7, 10);
    expect(derived.measuredMs).toBeGreaterThanOrEqual(8.5 * 0.95);
    expect(trainings[0].every(one => predictor.predict(one) <= 8.5 * 1.01)).toBe(true);
  });

  it('gives the same network for the same seed', async () => {
    const once = () => derive(space, equal, limitsAt(8), 5, tools(judgeFor([])).made);
    expect(await once()).toEqual(await once());
  });
});

describe('randomFeasible', () => {
  it('draws different networks within the target, the same for the same seed', () => {
    const networks = randomFeasible(space, allLimits(limitsAt(7)), 4, 1);
    const feasible = all.filter(one => predictor.predict(one) <= 7).map(one => text(deriveNetwork(space, one)));
    expect(networks.map(({ name }) => name)).toEqual([1, 2, 3, 4].map(i => `random feasible ${i}`));
    const drawn = new Set(networks.map(({ layers }) => text(layers)));
    expect(drawn.size).toBe(4);
    expect(feasible).toEqual(expect.arrayContaining([...drawn]));
    expect(randomFeasible(space, allLimits(limitsAt(7)), 4, 1)).toEqual(networks);
    const whole = randomFeasible(space, allLimits(limitsAt(7)), 100, 1).map(({ layers }) => text(layers));
    expect(whole.sort()).toEqual(feasible.sort());
  });

  it('draws none where no network keeps the target', () => {
    expect(randomFeasible(space, allLimits(limitsAt(1)), 2, 1)).toEqual([]);
  });
});
