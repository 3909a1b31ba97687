import { Random } from '../../src/base/random.ts';
import type { BlockView, CandidateView, SpaceView } from '../../src/protocol/spaceView.ts';
import type { Curves, LiveView, RunView } from '../../src/protocol/viewer.ts';

/** Runs as the host would send them, made up for tests of the page: a search that goes the way searches go. */

export interface SampleOptions {
  name: string;
  /** Input, and channels, size and number of blocks of each stage. */
  input: [number, number, number];
  stages: { width: number; size: number; depth: number }[];
  targetMs: number;
  /** Latency of the largest candidate of the first block. */
  scaleMs: number;
  steps: number;
}

export const small: SampleOptions = {
  name: 'fashion-mnist',
  input: [1, 28, 28],
  stages: [
    { width: 16, size: 14, depth: 2 },
    { width: 24, size: 7, depth: 3 },
    { width: 40, size: 7, depth: 2 },
  ],
  targetMs: 0.055,
  scaleMs: 0.0103,
  steps: 3750,
};

export const large: SampleOptions = {
  name: 'imagenet-mobile',
  input: [3, 224, 224],
  stages: [
    { width: 24, size: 56, depth: 4 },
    { width: 40, size: 28, depth: 4 },
    { width: 80, size: 14, depth: 4 },
    { width: 96, size: 14, depth: 4 },
    { width: 192, size: 7, depth: 4 },
    { width: 320, size: 7, depth: 1 },
  ],
  targetMs: 50,
  scaleMs: 4.6,
  steps: 150_000,
};

const kernels = [3, 3, 5, 5, 7, 7];
const expansions = [3, 6, 3, 6, 3, 6];

/** A space of mobile inverted bottlenecks, with Zero where a block keeps its input's shape. */
export function sampleSpace({ name, input, stages, targetMs, scaleMs }: SampleOptions): SpaceView {
  const blocks: BlockView[] = [];
  let before: [number, number, number] = [16, stages[0].size, stages[0].size];
  blocks.push(fixed('stem', 'conv 3x3 s2', input, before, scaleMs * 0.14));
  for (const [s, { width, size, depth }] of stages.entries()) {
    for (let b = 0; b < depth; b++) {
      const output: [number, number, number] = [width, size, size];
      const residual = before.join() === output.join();
      const place = { file: `${name}.nas.ts`, line: 20 + s, column: 5 };
      const candidates = kernels.map((_, i) => bottleneck(i, before, output, scaleMs * 0.82 ** s));
      if (residual) candidates.push({ name: 'zero', zero: true, macs: 0, params: 0, latencyMs: 0 });
      blocks.push({ name: `stage${s + 1}.block${b + 1}`, input: before, output, residual, candidates, place });
      before = output;
    }
  }
  blocks.push(fixed('head', 'conv 1x1, pool, linear', before, [10, 1, 1], scaleMs * 0.5));
  return { name, input, classes: 10, blocks, fixedMs: scaleMs * 0.3, device: 'AMD EPYC', targetMs };
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

function bottleneck(i: number, input: number[], output: number[], scaleMs: number): CandidateView {
  const [kernel, expand] = [kernels[i], expansions[i]];
  const hidden = input[0] * expand;
  const params = input[0] * hidden + kernel ** 2 * hidden + hidden * output[0];
  const macs = params * output[1] * output[2];
  const latencyMs = scaleMs * (0.22 + 0.55 * (expand / 6) + 0.23 * (kernel / 7) ** 2);
  return { name: `mbconv ${kernel}x${kernel} e${expand}`, zero: false, macs, params, latencyMs };
}

function fixed(
  name: string,
  operator: string,
  input: [number, number, number],
  output: [number, number, number],
  latencyMs: number,
): BlockView {
  const candidate = { name: operator, zero: false, macs: 28_224, params: 176, latencyMs };
  return { name, input, output, residual: false, candidates: [candidate] };
}
