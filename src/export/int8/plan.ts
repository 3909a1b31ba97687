import type { OnnxModel, OnnxNode } from '../../graph/onnx/schema.ts';

/** What of a model becomes integers. */
export interface Plan {
  /** Maps that are rounded to 8 bits wherever they are used. */
  maps: ReadonlySet<string>;
  /** Convolutions (linear layers are 1x1 ones) whose weights are constants. */
  convolutions: ReadonlySet<OnnxNode>;
  /** Maps that keep the scale of another one: onnxruntime pools integers only then. */
  sameScale: ReadonlyMap<string, string>;
}

/** Operators that onnxruntime runs on integers when what goes in and comes out is rounded. */
const INTEGER: ReadonlySet<string> = new Set([
  'Conv',
  'Add',
  'Mul',
  'Concat',
  'AveragePool',
  'MaxPool',
  'GlobalAveragePool',
]);
/** Activations that onnxruntime leaves to the rounding of what a convolution gives. */
const JOINED: ReadonlySet<string> = new Set(['Relu', 'Clip']);

/**
 * Finds the maps to round: what goes into an operator that can run on integers and what comes out of it, behind the activation
 * that is joined to it. All else stays as it is, and takes and gives float32.
 */
export function planOf({ graph }: OnnxModel): Plan {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const readers = new Map<string, OnnxNode[]>();
  for (const node of graph.node)
    for (const input of node.input) readers.set(input, [...(readers.get(input) ?? []), node]);
  const maps = new Set<string>();
  const convolutions = new Set<OnnxNode>();
  const sameScale = new Map<string, string>();
  for (const node of graph.node) {
    const isConvolution = node.opType === 'Conv';
    const [x, w] = node.input;
    const data = isConvolution ? [x] : node.input;
    if (!INTEGER.has(node.opType) || node.domain || data.some(name => constants.has(name))) continue;
    if (isConvolution && !constants.has(w)) continue;
    if (isConvolution) convolutions.add(node);
    for (const name of data) maps.add(name);
    const [output] = node.output;
    const [next, ...others] = readers.get(output) ?? [];
    const joined = isConvolution && next && others.length === 0 && JOINED.has(next.opType);
    maps.add(joined ? next.output[0] : output);
    if (node.opType === 'MaxPool') sameScale.set(output, x);
  }
  return { maps, convolutions, sameScale };
}
