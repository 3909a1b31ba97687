import { describe, expect, it } from 'vitest';
import { measuredLatencies } from '../../../src/engine/contest/latencies.ts';
import type { Measure } from '../../../src/latency/measure.ts';
import { measuredGoal } from '../../../src/space/devices.ts';
import { reportOf } from './measurements.ts';
import { tinySpace } from './tinySpace.ts';

const space = tinySpace();
const goal = measuredGoal(space.objective.latency);
if (!goal) throw new Error('the space is for this processor');
const models = ['derived', 'baseline'].map(key => ({ key, model: new Uint8Array() }));
const earlier: Record<string, number> = { derived: 1, baseline: 3, 'reference 1': 2, 'reference 2': 4 };
const derived = {
  choices: [0, 1, 0, 2, 0],
  measuredMs: 1,
  references: [
    { choices: [0, 0, 0, 0, 0], measuredMs: 2 },
    { choices: [0, 1, 1, 1, 0], measuredMs: 4 },
  ],
};

/** A machine that takes so many times as long as earlier, once for each measurement. */
function latenciesAt(paces: number[], references = derived.references) {
  let rests = 0;
  const measure: Measure = async models => {
    const pace = paces.shift() ?? Number.NaN;
    return reportOf(models.map(({ key }) => [key, earlier[key] * pace]));
  };
  const tools = { measure, rest: async () => void rests++, onProgress: () => {} };
  const found = measuredLatencies(models, space, goal as NonNullable<typeof goal>, { ...derived, references }, tools);
  return found.then(({ ms, pace }) => ({ ms: Object.fromEntries(ms), pace, rests }));
}

describe('latencies of the trained networks', () => {
  it('are those at the pace of when one was chosen, which others say that were measured then', async () => {
    const { ms, pace } = await latenciesAt([0.95]);
    expect(pace).toBeCloseTo(0.95, 10);
    expect(ms.derived).toBeCloseTo(1, 10);
    expect(ms.baseline).toBeCloseTo(3, 10);
  });

  it('are what was read off where nothing was measured then', async () => {
    expect(await latenciesAt([0.95], [])).toEqual({
      ms: { derived: 0.95, baseline: 3 * 0.95 },
      pace: undefined,
      rests: 0,
    });
  });

  it('are what was read off where the machine has become a faster one', async () => {
    expect(await latenciesAt([0.6])).toEqual({ ms: { derived: 0.6, baseline: 3 * 0.6 }, pace: 1, rests: 0 });
  });

  it('are at the pace of then, too, where something else slows the machine down', async () => {
    const { ms, pace, rests } = await latenciesAt([1.5, 1.6, 1.5]);
    expect(pace).toBeCloseTo(1.5, 10);
    expect(ms.derived).toBeCloseTo(1, 10);
    expect(ms.baseline).toBeCloseTo(3, 10);
    expect(rests).toBe(2);
  });
});
