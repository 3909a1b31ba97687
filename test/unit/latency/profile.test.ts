import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { measure } from '../../../src/latency/measure.ts';
import { type ProfileOptions, type ProfileTools, profile } from '../../../src/latency/profile.ts';
import { deriveNetwork } from '../../../src/space/analysis.ts';
import type { LayerGraph, MapShape } from '../../../src/space/layerGraph.ts';
import type { Block, Candidate, SearchSpace } from '../../../src/space/searchSpace.ts';
import { FakeTarget } from './fakeTarget.ts';

const map: MapShape = [8, 14, 14];
const logits: MapShape = [10, 1, 1];

function conv(kernel: number): Candidate {
  const attributes = { out: 8, kernel, stride: 1, dilation: 1, groups: 1, bias: false };
  return {
    name: `conv ${kernel}`,
    layers: { input: map, output: 0, nodes: [{ op: 'conv2d', attributes, inputs: [-1], shape: map }] },
    zero: false,
  };
}

const zero: Candidate = { name: 'zero', layers: { input: map, output: -1, nodes: [] }, zero: true };
const head: LayerGraph = {
  input: map,
  output: 1,
  nodes: [
    { op: 'globalAvgPool', attributes: {}, inputs: [-1], shape: [8, 1, 1] },
    { op: 'linear', attributes: { out: 10 }, inputs: [0], shape: logits },
  ],
};

function testSpace(kernels: number[]): SearchSpace {
  const choice = (name: string): Block => ({
    name,
    input: map,
    output: map,
    residual: true,
    candidates: [...kernels.map(conv), zero],
  });
  return {
    name: 'test',
    dataset: { kind: 'package', package: 'fashion-mnist' },
    input: map,
    classes: 10,
    augment: {},
    blocks: [
      ...['a', 'b', 'c', 'd', 'e'].map(choice),
      {
        name: 'head',
        input: map,
        output: logits,
        residual: false,
        candidates: [{ name: 'head', layers: head, zero: false }],
      },
    ],
    objective: {
      latency: { targetMs: 1, device: { target: 'cpu', precision: 'fp32' }, threads: 1, batch: 1 },
      budget: {},
      loss: { form: 'constraint' },
    },
    schedule: {
      batch: 64,
      validationShare: 0.1,
      warmupEpochs: 0,
      warmupRate: 0.1,
      epochs: 1,
      rate: 0.1,
      momentum: 0.9,
      weightDecay: 0,
      labelSmoothing: 0,
      gateMode: 'two',
      zeroGradient: false,
      sharedWeights: false,
      architectureEvery: 1,
      finalists: { networks: 0, epochs: 1 },
      architectureRate: 0.001,
      train: { epochs: 1, batch: 64, rate: 0.1, weightDecay: 0, labelSmoothing: 0 },
    },
  };
}

/** Cost in ms of a kernel size inside a network; alone, 30 % come on top. */
const kernelMs = (kernel: number) => 0.02 * kernel;
const CALL_MS = 0.01;
const HEAD_MS = 0.05;

/** Time of a graph on a device where every session with one operator only pays for conversions at its edges. */
function trueMs(graph: LayerGraph): number {
  const kernels = graph.nodes.flatMap(node => (node.op === 'conv2d' ? [node.attributes.kernel] : []));
  const hasHead = graph.nodes.some(node => node.op === 'linear');
  const alone = !hasHead || graph.nodes.length === 2;
  const work = kernels.reduce((sum, kernel) => sum + kernelMs(kernel), hasHead ? HEAD_MS : 0);
  return CALL_MS + work * (alone ? 1.3 : 1);
}

function tools(): ProfileTools & { target: FakeTarget } {
  const random = new Random(9);
  const target = new FakeTarget(name => Number(name) * (1 + 0.01 * random.normal()));
  return {
    buildModel: graph => new TextEncoder().encode(String(trueMs(graph))),
    target,
    fingerprint: options => target.fingerprint(options),
    measure: (models, options) => measure(target, models, options, target.clock),
  };
}

let options: ProfileOptions;
beforeEach(() => {
  options = { folder: mkdtempSync(join(tmpdir(), 'profile-')), fitNetworks: 40, heldOutNetworks: 20, budgetSeconds: 5 };
});
afterEach(() => rmSync(options.folder, { recursive: true }));

describe('profile', () => {
  it('finds costs inside networks although operators alone look slower, and proves it on held-out networks', async () => {
    const space = testSpace([3, 5, 7]);
    const stages = new Set<string>();
    const { table, predictor, reused } = await profile(space, tools(), {
      ...options,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect(reused).toBe(false);
    expect([...stages]).toEqual(['operators', 'networks']);
    expect(table.validation).toMatchObject({ networks: 20, within5pct: 1 });
    expect(table.isolatedSum!.relRmse).toBeGreaterThan(0.15);
    expect(table.emptyMs).toBeCloseTo(CALL_MS, 3);
    expect(table.fit.networks).toBe(40);
    const [k3, k5, k7, none] = predictor.costsMs[0];
    expect(k3 / kernelMs(3)).toBeCloseTo(1, 1);
    expect(k5 / kernelMs(5)).toBeCloseTo(1, 1);
    expect(k7 / kernelMs(7)).toBeCloseTo(1, 1);
    expect(none).toBe(0);
    const choices = [0, 1, 2, 3, 3, 0];
    expect(predictor.predict(choices) / trueMs(deriveNetwork(space, choices))).toBeCloseTo(1, 1);
  });

  it('uses the table again, with the very same figures, for the space and for a part of it', async () => {
    const first = await profile(testSpace([3, 5, 7]), tools(), options);
    const idle = tools();
    const second = await profile(testSpace([3, 5, 7]), idle, options);
    expect(second.reused).toBe(true);
    expect(second.predictor).toEqual(first.predictor);
    expect((await profile(testSpace([5]), idle, options)).reused).toBe(true);
    expect(idle.target.runs).toEqual([]);
  });

  it('measures when an operator is missing, when asked to, and for another number of threads', async () => {
    await profile(testSpace([3, 5]), tools(), options);
    const other = testSpace([3, 5]);
    if (other.objective.latency) other.objective.latency.threads = 2;
    expect((await profile(testSpace([3, 7]), tools(), options)).reused).toBe(false);
    expect((await profile(testSpace([3, 5]), tools(), { ...options, again: true })).reused).toBe(false);
    expect((await profile(other, tools(), options)).reused).toBe(false);
  });

  it('works on a space of one network, and does not claim a validation', async () => {
    const space = testSpace([3]);
    const fixed = { ...space, blocks: [{ ...space.blocks[0], candidates: [conv(3)] }, space.blocks[5]] };
    const { table, predictor } = await profile(fixed, tools(), options);
    expect(table.validation).toBeNull();
    expect(predictor.predict([0, 0]) / trueMs(deriveNetwork(fixed, [0, 0]))).toBeCloseTo(1, 1);
  });
});
