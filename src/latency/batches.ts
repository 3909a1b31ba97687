import { availableParallelism } from 'node:os';
import {
  isSettled,
  type Measure,
  type Measurement,
  type MeasureOptions,
  type MeasureReport,
  type ModelToMeasure,
} from './measure.ts';
import { combineNoise, type NoiseReport } from './noise.ts';
import { undisturbedPace } from './pace.ts';
import { medianRatio } from './statistics.ts';

/** A model that is made when its turn comes, so that not all are in memory at once. */
export interface PlannedModel {
  key: string;
  build: () => Uint8Array;
}

/** Open sessions at a time: each holds memory of its own. The networks of a usual profile go into one batch. */
const MOST_MODELS = 128;
const MOST_BYTES = 200e6;

/** Models of the first batch that every later one measures again, which tells how the machine's pace changed. */
const ANCHORS = 4;

/**
 * Measures any number of models in batches of bounded size, each with its share of the budget. Within a batch models are
 * interleaved; the caller's order decides who shares a batch. Between batches the machine may change its pace: what they
 * measure is brought to one.
 */
export async function measureInBatches(
  measure: Measure,
  models: readonly PlannedModel[],
  options: MeasureOptions,
): Promise<MeasureReport> {
  const batches: Measurement[][] = [];
  /** Of each batch, relative to the first one. */
  const paces = [1];
  const noise: NoiseReport[] = [];
  let anchors: ModelToMeasure[] = [];
  for (let at = 0; at < models.length; ) {
    const batch = nextBatch(models, at);
    const done = at;
    const part = await measure([...anchors, ...batch], {
      ...options,
      seed: options.seed + at,
      budgetSeconds: (options.budgetSeconds * batch.length) / models.length,
      onProgress: share => options.onProgress?.((done + share * batch.length) / models.length),
    });
    const own = part.measurements.slice(anchors.length);
    if (anchors.length > 0) paces.push(medianRatio(times(part.measurements), times(batches[0])));
    batches.push(own);
    noise.push({ ...part.noise, models: own.length, unsettled: own.filter(one => !isSettled(one, options)).length });
    at += batch.length;
    if (anchors.length === 0) anchors = batch.slice(0, ANCHORS);
  }
  const pace = undisturbedPace(paces);
  const measurements = batches.flatMap((batch, i) => batch.map(one => scaled(one, pace / paces[i])));
  return { measurements, noise: combineNoise(noise, availableParallelism()) };
}

const times = (measurements: readonly Measurement[]) =>
  new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));

function scaled(measurement: Measurement, factor: number): Measurement {
  return { ...measurement, medianMs: factor * measurement.medianMs, madMs: factor * measurement.madMs };
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
