import type { Graph } from '../graph/types.ts';

/** Named float32 tensors; maps in the runtime's own layout, arrays row-major. */
export type Tensors = Record<string, Float32Array>;

/** A graph ready to run. */
export interface Executable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph; every named input must be given, extra ones are ignored. The results, all or those wanted, are the
   * caller's to keep or to give back with `release`.
   */
  run(inputs: Tensors, wanted?: readonly string[]): Promise<Tensors>;
}

/** What graphs run on: the engine trains, and checks itself, through this interface only. */
export interface Runtime {
  /** What runs and why, in one line, for logs and records. */
  readonly description: string;
  /** Compiles a graph, or returns the executable of an equal graph compiled before. */
  compile(graph: Graph): Promise<Executable>;
  /** From `[N, C, H, W]` order to the runtime's layout of a map, which may be larger. */
  pack(values: Float32Array, dims: readonly number[]): Float32Array;
  /** From the runtime's layout to `[N, C, H, W]` order. */
  unpack(values: Float32Array, dims: readonly number[]): Float32Array;
  /** `<a, b>` of two maps, or with `less` given `<a - less, b>`, all in the runtime's layout. */
  dot(a: Float32Array, b: Float32Array, less?: Float32Array): number;
  /** Frees all compiled graphs. */
  dispose(): Promise<void>;
}
