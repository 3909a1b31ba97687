import { describe, expect, it } from 'vitest';
import { derivedView, paretoPoints } from '../../../../src/extension/runs/derivedView.ts';
import { RunFold } from '../../../../src/extension/runs/runFold.ts';
import type { RunEvent } from '../../../../src/protocol/events.ts';
import type { Metrics } from '../../../../src/protocol/metrics.ts';
import type { SpaceView } from '../../../../src/protocol/spaceView.ts';
import { blocks } from './exampleLog.ts';

const candidate = (name: string, latencyMs: number | null) => ({ name, zero: false, macs: 1, params: 1, latencyMs });
const shape: [number, number, number] = [1, 8, 8];

function viewWith(latencyMs: number | null, more: Partial<SpaceView>): SpaceView {
  return {
    name: 'tiny',
    input: shape,
    classes: 3,
    blocks: blocks.map(({ name, candidates }) => ({
      name,
      input: shape,
      output: shape,
      residual: false,
      candidates: candidates.map(one => candidate(one, latencyMs)),
    })),
    fixedMs: null,
    device: '',
    ...more,
  };
}

function folded(...events: RunEvent[]): RunFold {
  const fold = new RunFold();
  for (const event of events) fold.apply(event);
  return fold;
}

const started = (view: SpaceView): RunEvent => ({ type: 'start', space: 'tiny', blocks, seed: 1, view });
const stepped: RunEvent = {
  type: 'architecture',
  step: 1,
  epoch: 0,
  crossEntropy: 1,
  loss: 1,
  lambda: 0,
  budgets: { macs: { expected: 900, lambda: 0.25 } },
  pulls: [{ indices: [0, 2], active: 0, accuracy: [-1, 1], latency: [0, 0], budget: [0.5, -0.5] }, null],
};
const epoch: RunEvent = {
  type: 'epoch',
  epoch: 0,
  warmup: false,
  accuracy: 0.5,
  crossEntropy: 1,
  choices: [0, 0],
  macs: 5,
  entropy: 1,
  alphas: [],
};
const metrics: Metrics = {
  testAccuracy: 0.9,
  macs: 5,
  params: 5,
  seed: 1,
  profileSeconds: 0,
  searchSeconds: 1,
  trainSeconds: 1,
  peakRssMb: 1,
  exportDifference: 0,
  dominatedBy: [],
  baselines: [{ name: 'random feasible 1', testAccuracy: 0.8, macs: 4, params: 4 }],
};

describe('a run within budgets alone', () => {
  const fold = folded(started(viewWith(null, { budget: { macs: 1000 } })), stepped, epoch, {
    type: 'derived',
    choices: [0, 1],
    names: [],
    macs: 800,
  });

  it('tells what is expected of each budget, and what budgets have pulled at', () => {
    const { expectedMs, budgets, budgetPull, latencyPull } = fold.live();
    expect(expectedMs).toBeNull();
    expect(budgets).toEqual({ macs: { expected: 900, lambda: 0.25 } });
    expect(budgetPull).toEqual([
      [-0.5, 0, 0.5],
      [0, 0],
    ]);
    expect(latencyPull.flat().every(pull => pull === 0)).toBe(true);
    expect(fold.space.targetMs).toBeUndefined();
  });

  it('has a derived network without latencies, and none to draw by latency', () => {
    expect(derivedView(fold, metrics)).toMatchObject({
      predictedMs: null,
      measuredMs: null,
      testAccuracy: 0.9,
      energy: null,
      blocks: [],
    });
    const estimated = { ...metrics, energyMicrojoules: 40 };
    expect(derivedView(fold, estimated)?.energy).toEqual({ microjoules: 40, estimated: true });
    expect(derivedView(fold, { ...estimated, measuredMicrojoules: 900 })?.energy).toEqual({
      microjoules: 900,
      estimated: false,
    });
    expect(paretoPoints(fold, metrics, [])).toEqual([]);
  });
});

describe('a run by the table of others', () => {
  const view = viewWith(2, { targetMs: 5, predictedBy: 'phone.yaml', device: 'table of phone.yaml, not measured' });
  const derived: RunEvent = { type: 'derived', choices: [0, 1], names: [], predictedMs: 4 };
  const fold = folded(started(view), { ...epoch, predictedMs: 4.5, expectedMs: 4.2 }, derived);
  const predicted: Metrics = { ...metrics, latencyMs: { target: 5, predicted: 4 } };

  it('has a derived network that was predicted and not measured', () => {
    expect(derivedView(fold, predicted)).toMatchObject({ predictedMs: 4, measuredMs: null });
    expect(fold.live().budgetPull).toBeUndefined();
  });

  it('draws networks as predicted, and leaves out those that the table has no entries for', () => {
    const priced = { name: 'random feasible 2', testAccuracy: 0.7, latencyMs: 3, macs: 4, params: 4 };
    const points = paretoPoints(fold, { ...predicted, baselines: [...metrics.baselines, priced] }, []);
    expect(points.map(({ name, latencyMs, measured }) => [name, latencyMs, measured])).toEqual([
      ['epoch 1', 4.5, false],
      ['random feasible 2', 3, false],
      ['derived', 4, false],
    ]);
  });
});
