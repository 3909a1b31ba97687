import type { Precision } from '../../space/devices.ts';
import type { Cores } from '../cores.ts';

/** What a latency was measured on. Two equal fingerprints may share a table; any difference forbids it. */
export interface Fingerprint {
  /** Processor as the system names it. */
  processor: string;
  /** Logical cores the process may use. */
  cores: number;
  /** Operating system and architecture, `linux x64`. */
  platform: string;
  /** Runtime and version, `onnxruntime-node 1.30.0`. */
  runtime: string;
  executionProvider: string;
  threads: number;
  batch: number;
  precision: Precision;
}

/** A device in words: `AMD EPYC 7763, 1 thread, batch 1, onnxruntime-node 1.30.0`. */
export function deviceName(device: Fingerprint): string {
  const { processor, threads, batch, runtime, executionProvider, precision } = device;
  const unusual = [
    ...(['cpu', 'wasm'].includes(executionProvider) ? [] : [executionProvider]),
    ...(precision === 'fp32' ? [] : [precision]),
  ];
  return [processor, `${threads} thread${threads === 1 ? '' : 's'}`, `batch ${batch}`, runtime, ...unusual].join(', ');
}

/** One model, ready to run on a device. */
export interface OpenModel {
  /** One inference on fixed inputs, to its end. */
  run(): Promise<unknown>;
  /** Gives back what the model holds; sessions that are not released keep their memory for the process's life. */
  release(): Promise<void>;
}

/** One kernel of a model, as the device's runtime runs it: layers are joined, reordered, and added to. */
export interface KernelTime {
  /** What it was made from: the name of the model's node, or of its result, and more. */
  name: string;
  /** The runtime's operator. */
  op: string;
  /** Shape of its first result. */
  output: number[];
  ms: number;
}

/** How busy the machine under a device is. */
export interface MachineState {
  /** The system's one-minute load average; 0 where the system has none. */
  load: number;
  cores: number;
}

/** How a measured model runs. */
export interface RunOptions {
  threads: number;
  batch: number;
}

/** A device whose latency the process (or page) that has this can measure by itself. */
export interface LatencyTarget {
  machine(): MachineState;
  /** Cores that one thread can be moved between while it is measured, where that is possible; asked for before models are opened. */
  cores?(): Promise<Cores | undefined>;
  /** Smallest step of the clock that times it, where that is coarse. */
  readonly clockStepMs?: number;
  fingerprint(options: RunOptions): Promise<Fingerprint>;
  /** @param model ONNX bytes; every input has a static shape */
  open(model: Uint8Array, options: { threads: number }): Promise<OpenModel>;
  /** Runs the model again and again and tells how long each of its kernels takes. */
  trace(model: Uint8Array, options: { threads: number; seconds: number }): Promise<KernelTime[]>;
  /** Starts counting what the device takes, where it can be known. */
  countEnergy?(): EnergyMeasure | undefined;
}

/** A count of energy. */
export interface EnergyMeasure {
  /** Joules since the last time it was asked; undefined where it cannot be known any more. */
  take(): number | undefined;
}
