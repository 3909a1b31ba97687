import { UserError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { evaluationBatches, TrainingBatches } from '../data/batches.ts';
import type { ImageSet } from '../data/imageSet.ts';
import type { Normalisation } from '../data/normalisation.ts';
import type { Augmentation } from '../data/spec.ts';
import { release } from '../runtime/memory.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { evaluateChain, runChain, updatePart } from './chain.ts';
import { cosineRate } from './optimisers.ts';
import type { Part } from './part.ts';
import { countCorrect, smoothedTargets, sumCrossEntropy } from './targets.ts';

export interface TrainingSchedule {
  epochs: number;
  batch: number;
  rate: number;
  momentum: number;
  weightDecay: number;
  labelSmoothing: number;
}

export interface TrainingData {
  set: ImageSet;
  indices: Int32Array;
  normalisation: Normalisation;
  augment: Augmentation;
  classes: number;
}

/** Where training stands after a step. */
export interface TrainingProgress {
  step: number;
  steps: number;
  epoch: number;
  loss: number;
  /** Share of the batch that was right. */
  accuracy: number;
}

export interface TrainingOptions {
  seed: number;
  onStep?: (progress: TrainingProgress) => void;
  /** Awaited between steps, so that the process answers messages. */
  breathe?: () => Promise<void>;
}

/** Share of all steps in which the rate rises from 0: large rates at once upset fresh batch statistics. */
const WARM_UP = 0.05;

/**
 * Trains a network from scratch: SGD with Nesterov momentum, a short linear warm-up, then cosine decay to 0.
 *
 * @throws UserError when the loss is no longer a number
 */
export async function trainNetwork(
  runtime: Runtime,
  parts: readonly Part[],
  data: TrainingData,
  schedule: TrainingSchedule,
  { seed, onStep, breathe }: TrainingOptions,
): Promise<void> {
  const { batch, labelSmoothing } = schedule;
  const batches = new TrainingBatches(data.set, data.indices, {
    normalisation: data.normalisation,
    batch,
    seed,
    stream: 'training',
    augment: data.augment,
  });
  const random = new Random(seed, 'training dropout');
  const steps = batches.stepsPerEpoch * schedule.epochs;
  const warmUp = Math.max(1, Math.round(steps * WARM_UP));
  for (let step = 0; step < steps; step++) {
    const { images, labels } = batches.next();
    const targets = smoothedTargets(labels, data.classes, labelSmoothing);
    const packed = runtime.pack(images, [batch, ...data.set.shape]);
    const result = await runChain(parts, packed, targets, { batch, gradients: 'weights', random, updateRunning: true });
    checkLoss(result.loss, step, schedule.rate);
    const cosine = cosineRate(schedule.rate, Math.max(0, step - warmUp), steps - warmUp);
    const options = { ...schedule, rate: cosine * Math.min(1, (step + 1) / warmUp) };
    for (const [i, part] of parts.entries()) updatePart(part, result.gradients[i], options);
    const probabilities = runtime.unpack(result.probabilities, [batch, data.classes, 1, 1]);
    onStep?.({
      step: step + 1,
      steps,
      epoch: Math.floor(step / batches.stepsPerEpoch),
      loss: result.loss,
      accuracy: countCorrect(probabilities, labels, data.classes) / batch,
    });
    release(result.probabilities);
    await breathe?.();
  }
}

/** @throws UserError: a loss that is no number comes from data or from a rate too high, both the person's to mend */
export function checkLoss(loss: number, step: number, rate: number): void {
  if (Number.isFinite(loss)) return;
  throw new UserError(
    `the training loss is no longer a number at step ${step + 1}: lower the learning rate (now ${rate}) or check the data for extreme values`,
  );
}

/** Accuracy (share) and mean cross-entropy of a network over some images. @param breathe awaited between batches */
export async function evaluateNetwork(
  runtime: Runtime,
  parts: readonly Part[],
  data: TrainingData,
  batch: number,
  statistics: 'batch' | 'running',
  breathe?: () => Promise<void>,
): Promise<{ accuracy: number; crossEntropy: number }> {
  const { set, indices, normalisation, classes } = data;
  let correct = 0;
  let crossEntropy = 0;
  for (const { images, labels } of evaluationBatches(set, indices, { normalisation, batch })) {
    const packed = runtime.pack(images, [labels.length, ...set.shape]);
    const logits = await evaluateChain(parts, packed, labels.length, statistics);
    const rows = runtime.unpack(logits, [labels.length, classes, 1, 1]);
    correct += countCorrect(rows, labels, classes);
    crossEntropy += sumCrossEntropy(rows, labels, classes);
    release(logits);
    await breathe?.();
  }
  return { accuracy: correct / indices.length, crossEntropy: crossEntropy / indices.length };
}
