import type { MeasureOptions, MeasureReport, ModelToMeasure } from './measure.ts';

/** What the profiler process is asked: one batch, once in its life. */
export interface ProfilerRequest {
  target: string;
  models: ModelToMeasure[];
  options: Pick<MeasureOptions, 'threads' | 'seed' | 'budgetSeconds' | 'tolerance' | 'minRounds'>;
}

/** What it answers, as it goes: every sample is sent on, so that a crash loses none. */
export type ProfilerMessage =
  | { type: 'ready' }
  | { type: 'open'; key: string }
  | { type: 'sample'; key: string; sampleMs: number }
  | { type: 'progress'; share: number }
  | { type: 'done'; report: MeasureReport }
  | { type: 'failed'; message: string };
