import { availableParallelism } from 'node:os';
import type { Measure, Measurement, MeasureOptions, MeasureReport, ModelToMeasure } from './measure.ts';
import { combineNoise, type NoiseReport } from './noise.ts';

/** A model that is made when its turn comes, so that not all are in memory at once. */
export interface PlannedModel {
  key: string;
  build: () => Uint8Array;
}

/** Open sessions at a time: each holds memory of its own. The networks of a usual profile go into one batch. */
const MOST_MODELS = 128;
const MOST_BYTES = 200e6;

/**
 * Measures any number of models in batches of bounded size, each with its share of the budget. Within a batch models are
 * interleaved; the caller's order decides who shares a batch.
 */
export async function measureInBatches(
  measure: Measure,
  models: readonly PlannedModel[],
  options: MeasureOptions,
): Promise<MeasureReport> {
  const measurements: Measurement[] = [];
  const noise: NoiseReport[] = [];
  for (let at = 0; at < models.length; ) {
    const batch = nextBatch(models, at);
    const done = at;
    const part = await measure(batch, {
      ...options,
      seed: options.seed + at,
      budgetSeconds: (options.budgetSeconds * batch.length) / models.length,
      onProgress: share => options.onProgress?.((done + share * batch.length) / models.length),
    });
    measurements.push(...part.measurements);
    noise.push(part.noise);
    at += batch.length;
  }
  return { measurements, noise: combineNoise(noise, availableParallelism()) };
}

function nextBatch(models: readonly PlannedModel[], from: number): ModelToMeasure[] {
  const batch: ModelToMeasure[] = [];
  for (let bytes = 0; from + batch.length < models.length && batch.length < MOST_MODELS && bytes < MOST_BYTES; ) {
    const { key, build } = models[from + batch.length];
    const model = build();
    batch.push({ key, model });
    bytes += model.byteLength;
  }
  return batch;
}
