import { Random } from '../base/random.ts';
import { type Cores, moveToFastest } from './cores.ts';
import { type NoiseReport, noiseReport } from './noise.ts';
import { atOnePace } from './pace.ts';
import { median, spread } from './statistics.ts';
import type { LatencyTarget, OpenModel } from './targets/target.ts';

export interface ModelToMeasure {
  key: string;
  /** ONNX bytes. */
  model: Uint8Array;
  /** Samples in ms of an earlier, interrupted measurement, to go on from. */
  samplesMs?: readonly number[];
}

export interface MeasureOptions {
  threads: number;
  /** Of the random order. */
  seed: number;
  /** Time after which no new round begins; at least `minRounds` rounds are made nevertheless. */
  budgetSeconds: number;
  /** A model is settled once the 95 % interval of its median is within this share of it, both ways. Default 1 %. */
  tolerance?: number;
  /** Rounds made in any case, also beyond the budget. Default 8. */
  minRounds?: number;
  signal?: AbortSignal;
  /** A model is about to be opened and run for the first time: where a bad model would end the process. */
  onOpen?: (key: string) => void;
  /** A new sample in ms of a model. */
  onSample?: (key: string, sampleMs: number) => void;
  /** Share done, 0 to 1. */
  onProgress?: (share: number) => void;
}

export interface Measurement {
  key: string;
  /** Median time in ms of one inference, the call from JavaScript included; at one pace of the machine among enough models. */
  medianMs: number;
  madMs: number;
  /** Visits the median is of. */
  samples: number;
  /** From the median to the farther end of its 95 % confidence interval, as a share of it. */
  relativeHalfWidth: number;
}

export interface MeasureReport {
  measurements: Measurement[];
  noise: NoiseReport;
}

/** Times a batch of models, here or in another process. */
export type Measure = (models: readonly ModelToMeasure[], options: MeasureOptions) => Promise<MeasureReport>;

/** Milliseconds of a monotonic clock. */
export type Clock = () => number;

/** Timings per visit. Neighbours in time resemble one another, so their median counts as one sample. */
const MOST_TIMINGS = 5;
/** About what a visit to a slow model may take: fewer timings and more rounds are worth more. */
const VISIT_MS = 10;
/** A timing shorter than this repeats the run, so that the clock and the event loop stay small beside it. */
const SHORTEST_TIMING_MS = 0.1;
/** Steps of a coarse clock that a timing spans at least. */
const CLOCK_STEPS = 200;
/** Of a median, where nothing else is asked for. */
const TOLERANCE = 0.01;
/** Share of models that have to be settled to stop: a few restless ones are not worth the wait. */
const SETTLED_SHARE = 0.95;
/** Idle worker threads of the session visited before go on spinning for some milliseconds and would take a core away. */
const SPIN_DOWN_MS = 5;
/** Runs that bring a model back into the caches and the branch predictor, as in use, where it runs again and again. */
const REVIVE_MS = 1;

interface Visited {
  key: string;
  open: OpenModel;
  timings: number;
  runsPerTiming: number;
  samplesMs: number[];
}

/**
 * Times models against one another on a target: all are opened and warmed up, then all are visited in rounds of random order,
 * so that drift of the machine (heat, clocks, neighbours) falls on all alike and can be taken out again. One thread is
 * measured on the core that is fastest as a round begins, where the system lets it be moved. It ends when medians are known
 * within the tolerance, or with the budget, which opening is part of. Sessions are released whatever happens.
 * @throws the signal's reason when aborted
 */
export async function measure(
  target: LatencyTarget,
  models: readonly ModelToMeasure[],
  options: MeasureOptions,
  clock: Clock = () => performance.now(),
): Promise<MeasureReport> {
  const { minRounds = 8 } = options;
  const { load, cores } = target.machine();
  const shortestMs = Math.max(SHORTEST_TIMING_MS, CLOCK_STEPS * (target.clockStepMs ?? 0));
  const start = clock();
  const visited: Visited[] = [];
  let measurements: Measurement[] = [];
  let movable: Cores | undefined;
  try {
    movable = options.threads === 1 ? await target.cores?.() : undefined;
    for (const { key, model, samplesMs = [] } of models) {
      options.signal?.throwIfAborted();
      options.onOpen?.(key);
      const open = await target.open(model, options);
      const entry = { key, open, timings: 1, runsPerTiming: 1, samplesMs: [...samplesMs] };
      visited.push(entry);
      const runMs = Math.max(await warmUp(open, clock), 1e-4);
      entry.runsPerTiming = Math.ceil(shortestMs / runMs);
      entry.timings = timingsOf(runMs);
    }
    const random = new Random(options.seed, 'measuring order');
    for (let round = 1; visited.length > 0; round++) {
      if (movable) await moveToFastest(movable, () => visit(visited[0], options.threads, clock));
      for (const entry of random.shuffle([...visited])) {
        options.signal?.throwIfAborted();
        const sample = await visit(entry, options.threads, clock);
        entry.samplesMs.push(sample);
        options.onSample?.(entry.key, sample);
      }
      measurements = summarise(visited);
      const usedBudget = (clock() - start) / (1000 * options.budgetSeconds);
      const settledShare = measurements.filter(one => isSettled(one, options)).length / visited.length;
      const ends = round >= minRounds && (usedBudget >= 1 || settledShare >= SETTLED_SHARE);
      options.onProgress?.(ends ? 1 : Math.min(usedBudget, round / minRounds, 0.99));
      if (ends) break;
    }
  } finally {
    await movable?.free();
    for (const entry of visited) await entry.open.release();
  }
  const judged = visited.map(({ samplesMs }, i) => ({ samplesMs, settled: isSettled(measurements[i], options) }));
  return { measurements, noise: noiseReport(judged, load, cores) };
}

/** Whether a median is known as well as was asked for. */
export function isSettled({ relativeHalfWidth }: Measurement, { tolerance = TOLERANCE }: MeasureOptions): boolean {
  return relativeHalfWidth <= tolerance;
}

function summarise(visited: readonly Visited[]): Measurement[] {
  return atOnePace(visited.map(({ samplesMs }) => samplesMs)).map((samples, i) => {
    const { median, mad, halfWidth } = spread(samples);
    const { key } = visited[i];
    return { key, medianMs: median, madMs: mad, samples: samples.length, relativeHalfWidth: halfWidth / median };
  });
}

/** About what a visit to a model takes that needs so many ms a run. */
export function visitMs(runMs: number): number {
  return Math.max(REVIVE_MS, runMs) + timingsOf(runMs) * Math.max(SHORTEST_TIMING_MS, runMs);
}

function timingsOf(runMs: number): number {
  return Math.min(MOST_TIMINGS, Math.ceil(VISIT_MS / runMs));
}

/** Runs until three runs bring nothing faster (by 2 %) any more, and returns the fastest time in ms. */
async function warmUp(model: OpenModel, clock: Clock): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0, sinceFaster = 0; sinceFaster < 3 && run < 50; run++) {
    const begin = clock();
    await model.run();
    const time = clock() - begin;
    sinceFaster = time < 0.98 * fastest ? 0 : sinceFaster + 1;
    fastest = Math.min(fastest, time);
  }
  return fastest;
}

/** One sample in ms, after runs that revive the model and let the last session's threads fall asleep. */
async function visit(entry: Visited, threads: number, clock: Clock): Promise<number> {
  const arrival = clock();
  const settling = threads > 1 ? SPIN_DOWN_MS : REVIVE_MS;
  do await entry.open.run();
  while (clock() - arrival < settling);
  const timings: number[] = [];
  for (let timing = 0; timing < entry.timings; timing++) {
    const begin = clock();
    for (let run = 0; run < entry.runsPerTiming; run++) await entry.open.run();
    timings.push((clock() - begin) / entry.runsPerTiming);
  }
  return median(timings);
}
