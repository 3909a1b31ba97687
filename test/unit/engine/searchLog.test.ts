import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/engine/run/checkpoints.ts';
import { SearchLog } from '../../../src/engine/search/searchLog.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { runEventSchema } from '../../../src/protocol/events.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import type { SearchEvent } from '../../../src/search/proxyless.ts';
import type { SearchState } from '../../../src/search/searchState.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import { tinySpace } from './tinySpace.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const predictor = new LatencyPredictor([[0.5], [1, 3, 0], [2, 5], [1.5, 4, 0], [0.5]], 1);
const limits = { latency: { predictor, targetMs: 5 }, budgets: [] };

function fixture(from?: Checkpoint) {
  const supernet = new Supernet(runtime, tinySpace(), 1);
  const log = new SearchLog(supernet, limits, from);
  const state = () => ({ lambda: 0.25, architecture: supernet.architectureState }) as SearchState;
  const keyframe = () => {
    const event = runEventSchema.parse(log.keyframe(state(), { epoch: 1, warmup: false }));
    if (event.type !== 'keyframe') throw new Error(event.type);
    return event;
  };
  return { supernet, log, keyframe };
}

const weights = (step: number, accuracy: number): SearchEvent => ({
  kind: 'weights',
  step,
  epoch: 0,
  warmup: false,
  loss: 1 / 3,
  accuracy,
  rate: 0.1,
  path: [0, 0, 0],
});

function architecture(step: number, accuracy: number, latency: number): SearchEvent {
  const pull = { indices: [2, 0], active: 0, accuracy: Float64Array.of(accuracy, -accuracy) };
  const pulls = [
    { ...pull, latency: Float64Array.of(latency, -latency), budget: new Float64Array(2) },
    undefined,
    undefined,
  ];
  return {
    kind: 'architecture',
    step,
    epoch: 0,
    multipliers: { lambda: 1, budgetLambdas: [] },
    result: { crossEntropy: 1, loss: 1, expected: { ms: 4.2, budgets: [] }, pulls },
  };
}

describe('SearchLog', () => {
  it('sums up the pulls of all steps: positive where they raise the probability, against the gradient', () => {
    const { log, keyframe } = fixture();
    log.take(architecture(0, 0.5, -0.25));
    log.take(architecture(1, 0.25, 0.125));
    const { accuracyPull, latencyPull } = keyframe();
    expect(accuracyPull).toEqual([
      [0.75, 0, -0.75],
      [0, 0],
      [0, 0, 0],
    ]);
    expect(latencyPull[0]).toEqual([-0.125, 0, 0.125]);
  });

  it('tells of budgets that add up: what is expected, the multiplier, and the pull', () => {
    const supernet = new Supernet(runtime, tinySpace(), 1);
    const values = [[10], [20, 30, 0], [40, 50], [0, 0, 0], [1]];
    const budget = (name: 'macs' | 'peakActivationBytes', combine: 'sum' | 'max') => {
      return { name, most: 100, cost: { combine, constant: 0, values } };
    };
    const log = new SearchLog(
      supernet,
      { budgets: [budget('macs', 'sum'), budget('peakActivationBytes', 'max')] },
      undefined,
    );
    const taken = architecture(0, 0.5, 0) as Extract<SearchEvent, { kind: 'architecture' }>;
    const [pull] = taken.result.pulls;
    const pulls = [pull && { ...pull, budget: Float64Array.of(0.25, -0.25) }, undefined, undefined];
    const event = runEventSchema.parse(
      log.take({
        ...taken,
        multipliers: { lambda: 0, budgetLambdas: [0.125] },
        result: { ...taken.result, expected: { budgets: [70] }, pulls },
      }),
    );
    expect(event).toMatchObject({
      budgets: { macs: { expected: 70, lambda: 0.125 } },
      pulls: [{ budget: [0.25, -0.25] }, null, null],
    });
    expect(JSON.stringify(event)).not.toContain('expectedMs');
    supernet.restrictions = { locked: [1, 0, null], banned: [[], [], []] };
    const state = {
      lambda: 0,
      budgetLambdas: [0.125],
      architecture: supernet.architectureState,
    } as unknown as SearchState;
    // 10 + 30 + 40 + 0 + 1; what was pulled raises candidate 0, taken off the sums of candidate 2.
    expect(runEventSchema.parse(log.keyframe(state, { epoch: 0, warmup: false }))).toMatchObject({
      budgets: { macs: { expected: 81, lambda: 0.125 } },
      budgetPull: [
        [0.25, 0, -0.25],
        [0, 0],
        [0, 0, 0],
      ],
    });
    expect(log.text({ warmup: false, epoch: 0 })).toBe('search epoch 1, accuracy 0.0 %, E 70 MACs of 100 MACs');
  });

  it('tells probabilities with every architecture step, six digits of them', () => {
    const { log, supernet } = fixture();
    const event = log.take(architecture(0, 1, 1));
    const expected = supernet.probabilities().map(p => [...p].map(value => Number(value.toPrecision(6))));
    expect(event).toMatchObject({
      type: 'architecture',
      probabilities: expected,
      pulls: [{ indices: [2, 0] }, null, null],
    });
  });

  it('wants a keyframe at the start, every hundred steps, and after an epoch', () => {
    const { log, keyframe } = fixture();
    const due: number[] = [];
    for (let step = 0; step < 250; step++) {
      if (log.keyframeDue) due.push(keyframe().step);
      log.take(weights(step, 0.5));
      log.take(architecture(step, 0, 0));
    }
    expect(due).toEqual([0, 100, 200]);
    log.take({
      kind: 'epoch',
      epoch: 0,
      warmup: false,
      validation: { accuracy: 0.625, crossEntropy: 1, choices: [0, 1, 2] },
      expected: { ms: 4, budgets: [] },
      entropy: 1,
      alphas: [],
    });
    expect(log.keyframeDue).toBe(true);
    expect(keyframe()).toMatchObject({ step: 250, validationAccuracy: 0.625, trainAccuracy: 0.5, lambda: 0.25 });
    expect(log.keyframeDue).toBe(false);
  });

  it('shows restrictions, and the latency they leave to expect', () => {
    const { supernet, keyframe } = fixture();
    supernet.restrictions = { locked: [2, 0, null], banned: [[], [], [0, 2]] };
    // 1 + 0.5 + 0 + 2 + 4 + 0.5
    expect(keyframe()).toMatchObject({ locked: [2, 0, null], banned: [[], [], [0, 2]], expectedMs: 8, entropy: 0 });
  });

  it('goes on with the sums of a checkpoint, and takes nothing back', () => {
    const first = fixture();
    first.log.take(weights(0, 0.25));
    first.log.take(architecture(0, 0.5, 0.5));
    const from = { search: { step: 1 }, shown: first.log.sums } as Checkpoint;
    const { log, keyframe } = fixture(from);
    log.take(architecture(1, 0.5, 0));
    expect(keyframe()).toMatchObject({ step: 1, trainAccuracy: 0.25 });
    expect(keyframe().accuracyPull[0]).toEqual([1, 0, -1]);
    expect(first.log.sums.accuracyPull[0]).toEqual([0.5, 0, -0.5]);
  });
});
