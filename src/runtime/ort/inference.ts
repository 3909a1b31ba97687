import { type InferenceModel, inferenceModel } from './inferenceModel.ts';
import type { Provider } from './providers.ts';

export type { InferenceModel } from './inferenceModel.ts';

/** Name and version of the runtime, `onnxruntime-node 1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  const { env } = await import('onnxruntime-node');
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
}

export interface OpenOptions {
  /** Always explicit: inside a container the runtime's own guess of the core count may fail or be wrong. */
  threads: number;
  /** What runs the kernels, the processor unless said. */
  provider?: Provider;
  /** Beginning of the path of a trace of every kernel's runs; see `kernelTimes.ts`. */
  traceTo?: string;
}

/**
 * Opens a model with all graph optimisations.
 *
 * @throws Error of onnxruntime when the bytes are no model it can run, or the provider is not to be had
 */
export async function openInferenceModel(
  model: Uint8Array,
  { threads, provider = 'cpu', traceTo }: OpenOptions,
): Promise<InferenceModel> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(traceTo === undefined ? {} : { enableProfiling: true, profileFilePrefix: traceTo }),
  });
  const opened = inferenceModel(ort.Tensor, session);
  return {
    ...opened,
    async release() {
      if (traceTo !== undefined) session.endProfiling();
      await opened.release();
    },
  };
}
