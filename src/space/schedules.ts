import type { Dataset } from './datasets.ts';
import type { ScheduleDefinition } from './definition.ts';
import type { LatencyLoss, Schedule } from './searchSpace.ts';

/** The published ImageNet schedule of ProxylessNAS (arXiv 1812.00332 and its authors' search code). */
const published: Schedule = {
  batch: 256,
  validationShare: 0.04,
  warmupEpochs: 40,
  warmupRate: 0.05,
  epochs: 120,
  rate: 0.025,
  momentum: 0.9,
  weightDecay: 4e-5,
  labelSmoothing: 0.1,
  gateMode: 'two',
  zeroGradient: false,
  sharedWeights: false,
  architectureEvery: 5,
  architectureRate: 1e-3,
  finalists: { networks: 0, epochs: 1 },
  train: { epochs: 300, batch: 256, rate: 0.05, weightDecay: 4e-5, labelSmoothing: 0.1 },
};

/**
 * For tens of thousands of small images: a share of the epochs, more architecture steps with larger ones to make up for
 * it, and a held-out split large enough to tell candidates apart.
 */
const small: Schedule = {
  ...published,
  batch: 128,
  validationShare: 0.1,
  warmupEpochs: 5,
  epochs: 25,
  architectureEvery: 2,
  architectureRate: 5e-3,
  train: { ...published.train, epochs: 50, batch: 128 },
};

/** The schedule with what the person left out: as published for image folders, shorter for the small data sets. */
export function completeSchedule(given: ScheduleDefinition, dataset: Dataset): Schedule {
  const usual = dataset.spec.kind === 'imageFolder' ? published : small;
  return {
    ...usual,
    ...given,
    finalists: { ...usual.finalists, ...given.finalists },
    train: { ...usual.train, ...given.train },
  };
}

/** Meets the target typed: `CE + lambda (E/T - 1)`, lambda learned by ascent at `lambdaRate`. */
export function constraint(options: { lambdaRate?: number } = {}): LatencyLoss {
  return { form: 'constraint', ...options };
}

/** Published form `CE + lambda (E - T) / T`. */
export function addLinear(options: { lambda?: number } = {}): LatencyLoss {
  return { form: 'add#linear', ...options };
}

/** Published form `a CE (ln E / ln T)^b`, for targets above 1 ms. */
export function mulLog(options: { a?: number; b?: number } = {}): LatencyLoss {
  return { form: 'mul#log', ...options };
}
