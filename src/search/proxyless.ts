import { Random } from '../base/random.ts';
import { TrainingBatches } from '../data/batches.ts';
import { release } from '../runtime/memory.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { SearchSpace } from '../space/searchSpace.ts';
import { cosineRate } from '../training/optimisers.ts';
import { countCorrect, smoothedTargets } from '../training/targets.ts';
import { checkLoss, evaluateNetwork, type TrainingData } from '../training/train.ts';
import { entropy } from './architecture.ts';
import { createBudgetTerm } from './budgetTerm.ts';
import { type CostTerms, type ExpectedCosts, expectedCosts } from './costTerms.ts';
import type { ChoiceCosts } from './expectedCost.ts';
import { createLatencyTerm } from './latencyLoss.ts';
import type { Multipliers, SearchState } from './searchState.ts';
import { type ArchitectureStep, architectureStep, type PackedBatch, weightStep } from './steps.ts';
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
  | { kind: 'architecture'; step: number; epoch: number; multipliers: Multipliers; result: ArchitectureStep }
  | {
      kind: 'epoch';
      epoch: number;
      warmup: boolean;
      /** Of the argmax network over the whole validation split, batch statistics. */
      validation: { accuracy: number; crossEntropy: number; choices: number[] };
      expected: ExpectedCosts;
      entropy: number;
      alphas: number[][];
    };

export interface SearchOptions {
  /** The latency asked for, ms. */
  latency?: { targetMs: number; costs: ChoiceCosts };
  /** Budgets, each in a unit of its own. */
  budgets: readonly { most: number; costs: ChoiceCosts }[];
  seed: number;
  /** Where an earlier search of the same space, seed and data stood; the supernet has its weights already. */
  from?: SearchState;
  /** Epochs of the warm-up that count as done at the start, for weights that were trained before. */
  warmupDone?: number;
  onEvent(event: SearchEvent): void;
  /**
   * Awaited between steps, so that the process answers messages; what it throws ends the search. Between the batches of
   * a validation too, where the state is the one before it.
   */
  breathe(state: () => SearchState): Promise<void>;
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
  { latency, budgets, seed, from, warmupDone = 0, onEvent, breathe }: SearchOptions,
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
  const terms: CostTerms = {
    latency: latency && { costs: latency.costs, term: createLatencyTerm(objective.loss, latency.targetMs) },
    budgets: budgets.map(({ most, costs }) => ({ costs, term: createBudgetTerm(most) })),
  };
  const perEpoch = weightFeed.batches.stepsPerEpoch;
  const total = perEpoch * (warmupEpochs + epochs);
  /** Weight steps done, and what comes next. */
  let step = perEpoch * warmupDone;
  let due: SearchState['due'] = 'weights';
  if (from) {
    ({ step, due } = from);
    random.state = from.random;
    weightFeed.batches.state = from.weightBatches;
    architectureFeed.batches.state = from.architectureBatches;
    if (terms.latency) terms.latency.term.lambda = from.lambda;
    for (const [k, { term }] of terms.budgets.entries()) term.lambda = from.budgetLambdas[k] ?? 0;
    supernet.architectureState = from.architecture;
  }
  const state = (): SearchState => ({
    step,
    due,
    random: random.state,
    weightBatches: weightFeed.batches.state,
    architectureBatches: architectureFeed.batches.state,
    ...multipliers(terms),
    architecture: supernet.architectureState,
  });

  const trainWeights = async (epoch: number, warmup: boolean) => {
    const [rate, first, length] = warmup
      ? [schedule.warmupRate, 0, warmupEpochs * perEpoch]
      : [schedule.rate, warmupEpochs * perEpoch, epochs * perEpoch];
    const now = cosineRate(rate, step - first, length);
    const path = supernet.sample(warmup ? supernet.uniform() : supernet.probabilities(), random);
    const { labels, ...packed } = weightFeed.next();
    const result = await weightStep(supernet, path, packed, random, { ...schedule, rate: now });
    checkLoss(result.loss, step, rate);
    const accuracy = weightFeed.accuracy(result.probabilities, labels);
    release(result.probabilities);
    onEvent({ kind: 'weights', step, epoch, warmup, loss: result.loss, accuracy, rate: now, path });
  };

  const trainArchitecture = async (epoch: number) => {
    const { labels: _, ...held } = architectureFeed.next();
    const result = await architectureStep(supernet, held, random, {
      gateMode: schedule.gateMode,
      zeroGradient: schedule.zeroGradient,
      terms,
      adam: { ...ADAM, rate: schedule.architectureRate },
    });
    onEvent({ kind: 'architecture', step: step - 1, epoch, multipliers: multipliers(terms), result });
  };

  const validate = async (epoch: number, warmup: boolean) => {
    const choices = supernet.argmax();
    const parts = supernet.path(choices).map(({ part }) => part);
    const result = await evaluateNetwork(runtime, parts, data.architecture, batch, 'batch', () => breathe(state));
    const probabilities = supernet.probabilities();
    onEvent({
      kind: 'epoch',
      epoch,
      warmup,
      validation: { ...result, choices },
      expected: expectedCosts(terms, probabilities),
      entropy: probabilities.reduce((sum, p) => sum + entropy(p), 0) / Math.max(1, probabilities.length),
      alphas: supernet.choices.map(({ architecture }) => [...architecture.alpha]),
    });
  };

  await breathe(state);
  while (step < total || due !== 'weights') {
    // Of the last weight step done, or, before one, of the coming one.
    const epoch = Math.floor((due === 'weights' ? step : step - 1) / perEpoch);
    const warmup = epoch < warmupEpochs;
    const epochEnds = (done: number) => (done % perEpoch === 0 ? 'validation' : 'weights');
    if (due === 'weights') {
      await trainWeights(epoch, warmup);
      // As published, none in the first epoch: weights that have seen nothing tell nothing about a candidate.
      const ready = !warmup && (warmupEpochs > 0 || epoch > 0);
      due = ready && step % schedule.architectureEvery === 0 ? 'architecture' : epochEnds(step + 1);
      step++;
    } else if (due === 'architecture') {
      await trainArchitecture(epoch);
      due = epochEnds(step);
    } else {
      await validate(epoch, warmup);
      due = 'weights';
    }
    await breathe(state);
  }
}

/** Multipliers of the terms that have one. */
function multipliers({ latency, budgets }: CostTerms): Multipliers {
  return { lambda: latency?.term.lambda ?? 0, budgetLambdas: budgets.map(({ term }) => term.lambda) };
}

/** Batches in the form steps take. */
class BatchFeed {
  constructor(
    private readonly runtime: Runtime,
    private readonly data: TrainingData,
    readonly batches: TrainingBatches,
    private readonly smoothing: number,
  ) {}

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
