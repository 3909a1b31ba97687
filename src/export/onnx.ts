import { lowerGraph } from '../graph/onnx/lower.ts';
import { decodeModel } from '../graph/onnx/schema.ts';
import { standardLowering } from '../graph/onnx/standard.ts';
import type { Graph } from '../graph/types.ts';

export interface OnnxExportOptions {
  /** Leave the batch free, for models that people take away; a fixed one is what is measured. */
  freeBatch: boolean;
  metadata?: Record<string, string>;
}

/**
 * Writes an inference graph as an ONNX file of standard operators (opset 17): input `image` `[N, C, H, W]`, output
 * `output` `[N, K]` (a map that is not 1x1 stays `[N, C, H, W]`).
 *
 * @param constants weights by the name of the graph's input that they stand for
 */
export function exportOnnx(
  graph: Graph,
  constants: ReadonlyMap<string, Float32Array>,
  { freeBatch, metadata }: OnnxExportOptions,
): Uint8Array {
  const [, , height, width] = graph.values[graph.outputs[0].value].dims;
  return lowerGraph(graph, standardLowering, {
    constants,
    metadata,
    batchName: freeBatch ? 'N' : undefined,
    flatOutputs: height === 1 && width === 1,
  }).bytes;
}

/** Metadata of an ONNX file, by key. @throws Error when the bytes are no ONNX model */
export function readMetadata(model: Uint8Array): Record<string, string> {
  return Object.fromEntries((decodeModel(model).metadataProps ?? []).map(({ key, value }) => [key, value]));
}
