import { type InferenceModel, inferenceModel } from './inferenceModel.ts';

/** Runs inside a browser's page; its runtime comes from where the page's server has it. */
type OrtWeb = typeof import('onnxruntime-web');

/**
 * Starts WebAssembly's onnxruntime, once in the life of a page. Threads need a page that is isolated from other sites,
 * because they share memory.
 *
 * @param folder address of the runtime's files, ending with `/`
 */
export async function startWebRuntime(folder: string, threads: number): Promise<OrtWeb> {
  const ort = (await import(`${folder}ort.wasm.min.mjs`)) as OrtWeb;
  ort.env.wasm.wasmPaths = folder;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}

/** Opens a model on WebAssembly with all graph optimisations. */
export async function openWebModel(ort: OrtWeb, model: Uint8Array): Promise<InferenceModel> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  return inferenceModel(ort.Tensor, session);
}
