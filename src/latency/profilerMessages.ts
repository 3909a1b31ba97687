import type { MeasureOptions, MeasureReport, ModelToMeasure } from './measure.ts';
import type { KernelTime } from './targets/target.ts';

/** What the profiler process is asked, once in its life: to time a batch, or to trace one model. */
export type ProfilerRequest = MeasureRequest | TraceRequest;

export interface MeasureRequest {
  task: 'measure';
  target: string;
  models: ModelToMeasure[];
  options: Pick<MeasureOptions, 'threads' | 'seed' | 'budgetSeconds' | 'tolerance' | 'minRounds'>;
}

export interface TraceRequest {
  task: 'trace';
  target: string;
  model: Uint8Array;
  options: { threads: number; seconds: number };
}

/** What it answers, as it goes: every sample is sent on, so that a crash loses none. */
export type ProfilerMessage =
  | { type: 'ready' }
  | { type: 'open'; key: string }
  | { type: 'sample'; key: string; sampleMs: number }
  | { type: 'progress'; share: number }
  | { type: 'done'; report: MeasureReport }
  | { type: 'traced'; kernels: KernelTime[] }
  | { type: 'failed'; message: string };
