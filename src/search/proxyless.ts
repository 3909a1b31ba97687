import { Random } from '../base/random.ts';
import { TrainingBatches } from '../data/batches.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SearchSpace } from '../space/searchSpace.ts';
import { cosineRate } from '../training/optimisers.ts';
import { countCorrect, smoothedTargets } from '../training/targets.ts';
import { checkLoss, evaluateNetwork, type TrainingData } from '../training/train.ts';
import { entropy } from './architecture.ts';
import { createLatencyTerm } from './latencyLoss.ts';
import {
  type ArchitectureStep,
  architectureStep,
  expectedLatency,
  type LatencyCosts,
  type PackedBatch,
  weightStep,
} from './steps.ts';
import type { Supernet } from './supernet.ts';

/**
 * ProxylessNAS (Cai, Zhu, Han, arXiv 1812.00332): warm-up of the weights on uniformly drawn paths, then steps of weights
 * and of architecture parameters in turn, on two splits of the real training set.
 */

/** Adam of the authors' code: no first moment, so that a candidate only moves in steps it took part in. */
const ADAM = { beta1: 0, beta2: 0.999, eps: 1e-8 };

export interface SearchData {
  /** Images for weight steps. */
  weights: TrainingData;
  /** Images for architecture steps and validation. */
  architecture: TrainingData;
}

export type SearchEvent =
  | {
      kind: 'weights';
      step: number;
      epoch: number;
      warmup: boolean;
      loss: number;
      accuracy: number;
      rate: number;
      path: number[];
    }
  | { kind: 'architecture'; step: number; epoch: number; lambda: number; result: ArchitectureStep }
  | {
      kind: 'epoch';
      epoch: number;
      warmup: boolean;
      /** Of the argmax network over the whole validation split, batch statistics. */
      validation: { accuracy: number; crossEntropy: number; choices: number[] };
      expectedMs: number;
      entropy: number;
      alphas: number[][];
    };

export interface SearchOptions {
  targetMs: number;
  costs: LatencyCosts;
  seed: number;
  signal?: AbortSignal;
  onEvent(event: SearchEvent): void;
  /** Called between steps, so that the process answers messages. */
  breathe(): Promise<void>;
}

/** Weight steps of a whole search: what progress is measured in. */
export function weightStepsOf({ schedule }: SearchSpace, trainingImages: number): number {
  return Math.floor(trainingImages / schedule.batch) * (schedule.warmupEpochs + schedule.epochs);
}

/** Runs the search; the result is in the supernet's architecture parameters. */
export async function search(
  runtime: Runtime,
  supernet: Supernet,
  data: SearchData,
  { targetMs, costs, seed, signal, onEvent, breathe }: SearchOptions,
): Promise<void> {
  const { schedule, objective, augment } = supernet.space;
  const { batch, warmupEpochs, epochs } = schedule;
  const feed = (part: TrainingData, stream: string) =>
    new BatchFeed(
      runtime,
      part,
      new TrainingBatches(part.set, part.indices, { normalisation: part.normalisation, batch, seed, stream, augment }),
      schedule.labelSmoothing,
    );
  const weightFeed = feed(data.weights, 'weights');
  const architectureFeed = feed(data.architecture, 'architecture');
  const random = new Random(seed, 'search');
  const term = createLatencyTerm(objective.loss, targetMs);
  const uniform = supernet.choices.map(({ parts }) => parts.map(() => 1));
  const perEpoch = weightFeed.stepsPerEpoch;
  let step = 0;

  for (let epoch = 0; epoch < warmupEpochs + epochs; epoch++) {
    const warmup = epoch < warmupEpochs;
    const [rate, first, length] = warmup
      ? [schedule.warmupRate, 0, warmupEpochs * perEpoch]
      : [schedule.rate, warmupEpochs * perEpoch, epochs * perEpoch];
    for (let i = 0; i < perEpoch; i++, step++) {
      signal?.throwIfAborted();
      const now = cosineRate(rate, step - first, length);
      const path = supernet.sample(warmup ? uniform : supernet.probabilities(), random);
      const { labels, ...packed } = weightFeed.next();
      const result = await weightStep(supernet, path, packed, random, { ...schedule, rate: now });
      checkLoss(result.loss, step, rate);
      const accuracy = weightFeed.accuracy(result.probabilities, labels);
      onEvent({ kind: 'weights', step, epoch, warmup, loss: result.loss, accuracy, rate: now, path });
      await breathe();
      // As published, none in the first epoch: weights that have seen nothing tell nothing about a candidate.
      const ready = !warmup && (warmupEpochs > 0 || epoch > 0);
      if (ready && step % schedule.architectureEvery === 0) {
        const adam = { ...ADAM, rate: schedule.architectureRate };
        const { labels: _, ...held } = architectureFeed.next();
        const taken = await architectureStep(supernet, held, random, {
          gateMode: schedule.gateMode,
          zeroGradient: schedule.zeroGradient,
          costs,
          term,
          adam,
        });
        onEvent({ kind: 'architecture', step, epoch, lambda: term.lambda, result: taken });
        await breathe();
      }
    }
    const choices = supernet.argmax();
    const parts = supernet.path(choices).map(({ part }) => part);
    const probabilities = supernet.probabilities();
    onEvent({
      kind: 'epoch',
      epoch,
      warmup,
      validation: { ...(await evaluateNetwork(runtime, parts, data.architecture, batch, 'batch')), choices },
      expectedMs: expectedLatency(costs, probabilities),
      entropy: probabilities.reduce((sum, p) => sum + entropy(p), 0) / Math.max(1, probabilities.length),
      alphas: supernet.choices.map(({ architecture }) => [...architecture.alpha]),
    });
  }
}

/** Batches in the form steps take. */
class BatchFeed {
  constructor(
    private readonly runtime: Runtime,
    private readonly data: TrainingData,
    private readonly batches: TrainingBatches,
    private readonly smoothing: number,
  ) {}

  get stepsPerEpoch(): number {
    return this.batches.stepsPerEpoch;
  }

  next(): PackedBatch & { labels: Int32Array } {
    const { images, labels } = this.batches.next();
    const packed = this.runtime.pack(images, [labels.length, ...this.data.set.shape]);
    const targets = smoothedTargets(labels, this.data.classes, this.smoothing);
    return { images: packed, targets, size: labels.length, labels };
  }

  accuracy(probabilities: Float32Array, labels: Int32Array): number {
    const { classes } = this.data;
    const rows = this.runtime.unpack(probabilities, [labels.length, classes, 1, 1]);
    return countCorrect(rows, labels, classes) / labels.length;
  }
}
