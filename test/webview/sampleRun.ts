import { Random } from '../../src/base/random.ts';
import { viewOf } from '../../src/engine/inspect/spaceView.ts';
import type { SpaceView } from '../../src/protocol/spaceView.ts';
import type { Curves, LiveView, RunView } from '../../src/protocol/viewer.ts';
import { conv, defineSearchSpace, imageFolder, mbconv, type SearchSpace, zero } from '../../src/space/index.ts';

/** Runs as the host would send them, made up for tests of the page: a search that goes the way searches go. */

export interface SampleOptions {
  name: string;
  input: [number, number, number];
  stages: { width: number; stride: number; depth: number }[];
  targetMs: number;
  steps: number;
}

export const small: SampleOptions = {
  name: 'fashion-mnist',
  input: [1, 28, 28],
  stages: [
    { width: 16, stride: 1, depth: 2 },
    { width: 24, stride: 2, depth: 3 },
    { width: 40, stride: 1, depth: 2 },
  ],
  targetMs: 0.055,
  steps: 3750,
};

export const large: SampleOptions = {
  name: 'imagenet-mobile',
  input: [3, 224, 224],
  stages: [
    { width: 24, stride: 2, depth: 4 },
    { width: 40, stride: 2, depth: 4 },
    { width: 80, stride: 2, depth: 4 },
    { width: 96, stride: 1, depth: 4 },
    { width: 192, stride: 2, depth: 4 },
    { width: 320, stride: 1, depth: 1 },
  ],
  targetMs: 50,
  steps: 150_000,
};

const candidates = [...[3, 5, 7].flatMap(kernel => [3, 6].map(expand => mbconv({ kernel, expand }))), zero()];

/** What an operator takes besides its multiply-adds, as a share of the mean of all. */
const OVERHEAD = 0.8;

/** Spaces by what they are made of: a state of the search asks for its space a hundred times. */
const spaces = new Map<SampleOptions, SpaceView>();

/** A space of mobile inverted bottlenecks, profiled: a network of mean operators takes nine tenths of the target. */
export function sampleSpace(options: SampleOptions): SpaceView {
  const view = spaces.get(options) ?? profiledSpace(options);
  spaces.set(options, view);
  return structuredClone(view);
}

/** The space itself. */
export function definedSpace({ name, input, stages, targetMs }: SampleOptions): SearchSpace {
  return defineSearchSpace({
    name,
    dataset: imageFolder('images', { classes: 10 }),
    input,
    stem: [conv({ kernel: 3, stride: 2, out: 16 })],
    stages: stages.map(stage => ({ ...stage, candidates })),
    head: { width: 128 },
    objective: { latency: { targetMs } },
  });
}

function profiledSpace(options: SampleOptions): SpaceView {
  const { targetMs } = options;
  const view = viewOf(definedSpace(options), 'AMD EPYC');
  const operators = view.blocks.flatMap(({ candidates }) => candidates);
  const overhead = (OVERHEAD * sum(operators.map(({ macs }) => macs))) / operators.length;
  const cost = ({ zero, macs }: (typeof operators)[number]) => (zero ? 0 : macs + overhead);
  const means = view.blocks.map(({ candidates }) => sum(candidates.map(cost)) / candidates.length);
  const scale = (0.9 * targetMs) / (sum(means) + overhead);
  for (const candidate of operators) candidate.latencyMs = cost(candidate) * scale;
  return { ...view, fixedMs: overhead * scale };
}

/** The search's state after a share of its steps, from 0 to 1. */
export function sampleLive(options: SampleOptions, progress: number, seed = 1): LiveView {
  const space = sampleSpace(options);
  const choices = space.blocks.filter(({ candidates }) => candidates.length > 1);
  const moment = new Random(Math.round(progress * 1e6) + seed);
  const accuracyPull: number[][] = [];
  const latencyPull: number[][] = [];
  const probabilities = choices.map(({ candidates }, b) => {
    const fate = new Random(seed, `block ${b}`);
    const slowest = Math.max(...candidates.map(({ latencyMs }) => latencyMs ?? 0));
    const accuracy = candidates.map(({ zero }) => (zero ? -1.2 : 0) + fate.normal() * 0.9);
    const latency = candidates.map(({ latencyMs }) => 0.5 - (latencyMs ?? 0) / slowest);
    accuracyPull.push(accuracy.map(pull => pull * progress * 1.6));
    latencyPull.push(latency.map(pull => pull * progress * 1.2));
    const alphas = accuracy.map((pull, i) => (pull * 1.6 + latency[i] * 1.2) * progress * 1.7 + moment.normal() * 0.02);
    const powers = alphas.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map(power => power / sum);
  });
  const entropies = probabilities.map(p => -p.reduce((sum, share) => sum + share * Math.log(share), 0));
  let choice = 0;
  const expectedMs = space.blocks.reduce((sum, { candidates }) => {
    const shares = candidates.length > 1 ? probabilities[choice++] : [1];
    return sum + candidates.reduce((part, { latencyMs }, i) => part + shares[i] * (latencyMs ?? 0), 0);
  }, space.fixedMs ?? 0);
  return {
    step: Math.round(progress * options.steps),
    steps: options.steps,
    epoch: Math.floor(progress * 4),
    warmup: progress < 0.3,
    probabilities,
    path: probabilities.map(shares => moment.pick(shares)),
    accuracyPull,
    latencyPull,
    expectedMs,
    lambda: 0.4 + 0.5 * progress,
    entropy: entropies.reduce((sum, entropy) => sum + entropy, 0) / entropies.length,
    loss: 0.42 + 1.9 * Math.exp(-9 * progress) + moment.normal() * 0.02,
    trainAccuracy: 0.91 - 0.8 * Math.exp(-8 * progress),
    validationAccuracy: 0.89 - 0.75 * Math.exp(-7 * progress),
  };
}

/** A run under way. */
export function sampleRun(options: SampleOptions, progress = 0.62): RunView {
  const space = sampleSpace(options);
  const live = sampleLive(options, progress);
  return {
    id: `2026-11-24T21-38-47-${options.name}`,
    name: options.name,
    startedAt: '2026-11-24T21:38:47.000Z',
    seed: 1,
    dataset: 'Fashion-MNIST',
    trusted: true,
    resumable: true,
    device: 'AMD EPYC, 1 thread, batch 1, onnxruntime-node 1.30.0',
    space,
    vitals: {
      phase: 'searching',
      fraction: progress,
      text: 'epoch 3, 0.8 s a step of architecture',
      etaSeconds: 128,
      imagesPerSecond: 1480,
      memoryMb: 412,
      energy: { joules: 4210, estimated: true },
    },
    live,
    restrictions: { locked: live.probabilities.map(() => null), banned: live.probabilities.map(() => []) },
    derived: null,
    pareto: [],
    inherited: null,
    tableCheck: [],
    deviceComparison: null,
    warnings: [],
    failure: null,
  };
}

/** Curves of a run up to a share of its steps. */
export function sampleCurves(options: SampleOptions, progress = 0.62, points = 400): Curves {
  const moments = Array.from({ length: points }, (_, i) => sampleLive(options, (progress * (i + 1)) / points));
  const line = (values: number[], every = 1) => {
    const kept = values.map((value, i) => ({ value, step: moments[i].step })).filter((_, i) => i % every === 0);
    return {
      steps: Float64Array.from(kept, ({ step }) => step),
      values: Float64Array.from(kept, ({ value }) => value),
    };
  };
  return {
    from: 0,
    to: Math.round(progress * options.steps),
    series: {
      loss: line(moments.map(({ loss }) => loss ?? 0)),
      trainAccuracy: line(moments.map(({ trainAccuracy }) => trainAccuracy ?? 0)),
      validationAccuracy: line(
        moments.map(({ validationAccuracy }) => validationAccuracy ?? 0),
        Math.ceil(points / 9),
      ),
      expectedMs: line(moments.map(({ expectedMs }) => expectedMs ?? 0)),
      entropy: line(moments.map(({ entropy }) => entropy)),
      energy: line(moments.map((_, i) => i * 12)),
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
