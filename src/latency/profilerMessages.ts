import type { MeasuredDevice } from '../space/devices.ts';
import type { EnergyOptions, EnergyReport } from './energy.ts';
import type { MeasureOptions, MeasureReport, ModelToMeasure } from './measure.ts';
import type { Fingerprint, KernelTime, RunOptions } from './targets/target.ts';

/** What a profiler is asked, once in its life: to say what it runs on, to time a batch, to trace one model, or what models take. */
export type ProfilerRequest = FingerprintRequest | MeasureRequest | TraceRequest | EnergyRequest;

export interface FingerprintRequest {
  task: 'fingerprint';
  device: MeasuredDevice;
  options: RunOptions;
}

export interface MeasureRequest {
  task: 'measure';
  device: MeasuredDevice;
  models: ModelToMeasure[];
  options: Pick<MeasureOptions, 'threads' | 'seed' | 'budgetSeconds' | 'tolerance' | 'minRounds'>;
}

export interface TraceRequest {
  task: 'trace';
  device: MeasuredDevice;
  model: Uint8Array;
  options: { threads: number; seconds: number };
}

export interface EnergyRequest {
  task: 'energy';
  device: MeasuredDevice;
  models: Pick<ModelToMeasure, 'key' | 'model'>[];
  options: EnergyOptions;
}

/** What it answers, as it goes: every sample is sent on, so that a crash loses none. */
export type ProfilerMessage =
  | { type: 'ready' }
  | { type: 'open'; key: string }
  | { type: 'sample'; key: string; sampleMs: number }
  | { type: 'progress'; share: number }
  | { type: 'done'; report: MeasureReport }
  | { type: 'traced'; kernels: KernelTime[] }
  | { type: 'energy'; report: EnergyReport }
  | { type: 'fingerprint'; fingerprint: Fingerprint }
  /** `runtimeMissing`: the machine that measures has no onnxruntime. */
  | { type: 'failed'; message: string; runtimeMissing: boolean };
