import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** An inference model in onnxruntime, as a person would run it. */
export interface InferenceModel {
  /** Shape of each input; a free dimension is a name. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputNames: readonly string[];
  run(inputs: Record<string, { values: Float32Array; dims: readonly number[] }>): Promise<Record<string, Float32Array>>;
  /** One run on inputs made once, results thrown away: what is timed. */
  prepare(inputs: Record<string, { values: Float32Array; dims: readonly number[] }>): () => Promise<unknown>;
  /** Gives its memory back, and ends its trace, where one was asked for. */
  release(): Promise<void>;
}

/** Name and version of the runtime, `onnxruntime-node 1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  const { env } = await import('onnxruntime-node');
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
}

/**
 * Opens a model on the CPU with all graph optimisations.
 *
 * @param traceTo beginning of the path of a trace of every kernel's runs; see `kernelTimes.ts`
 * @param threads always explicit: inside a container the runtime's own guess of the core count may fail or be wrong
 * @throws Error of onnxruntime when the bytes are no model it can run
 */
export async function openInferenceModel(
  model: Uint8Array,
  { threads, traceTo }: { threads: number; traceTo?: string },
): Promise<InferenceModel> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(traceTo === undefined ? {} : { enableProfiling: true, profileFilePrefix: traceTo }),
  });
  const tensors = (inputs: Parameters<InferenceModel['run']>[0]): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { values, dims }]) => [name, new ort.Tensor('float32', values, dims)]),
    );
  return {
    inputs: inputShapes(session),
    outputNames: session.outputNames,
    async run(inputs) {
      const results = await session.run(tensors(inputs));
      return Object.fromEntries(session.outputNames.map(name => [name, results[name].data as Float32Array]));
    },
    prepare(inputs) {
      const feeds = tensors(inputs);
      return () => session.run(feeds);
    },
    async release() {
      if (traceTo !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

function inputShapes(session: InferenceSession): Record<string, readonly (number | string)[]> {
  return Object.fromEntries(
    session.inputMetadata.map(input => {
      if (!input.isTensor) throw new Error(`Model input ${input.name} is not a tensor.`);
      return [input.name, input.shape];
    }),
  );
}
