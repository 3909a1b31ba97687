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

/** One model, ready to run on a device. */
export interface OpenModel {
  /** One inference on fixed inputs, to its end. */
  run(): Promise<unknown>;
  /** Gives back what the model holds; sessions that are not released keep their memory for the process's life. */
  release(): Promise<void>;
}

/** A device whose latency can be measured by this process. */
export interface LatencyTarget {
  /** As written in a search space's objective. */
  readonly name: string;
  fingerprint(options: { threads: number; batch: number }): Promise<Fingerprint>;
  /** @param model ONNX bytes; every input has a static shape */
  open(model: Uint8Array, options: { threads: number }): Promise<OpenModel>;
}
