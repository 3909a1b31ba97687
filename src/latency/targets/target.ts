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
  precision: 'fp32';
}

/** A device in words: `AMD EPYC 7763, 1 thread, batch 1, onnxruntime-node 1.30.0`. */
export function deviceName({ processor, threads, batch, runtime }: Fingerprint): string {
  return `${processor}, ${threads} thread${threads === 1 ? '' : 's'}, batch ${batch}, ${runtime}`;
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

/** A device whose latency can be measured by this process. */
export interface LatencyTarget {
  /** As written in a search space's objective. */
  readonly name: string;
  fingerprint(options: { threads: number; batch: number }): Promise<Fingerprint>;
  /** @param model ONNX bytes; every input has a static shape */
  open(model: Uint8Array, options: { threads: number }): Promise<OpenModel>;
  /** Runs the model again and again and tells how long each of its kernels takes. */
  trace(model: Uint8Array, options: { threads: number; seconds: number }): Promise<KernelTime[]>;
}
