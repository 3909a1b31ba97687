import { ATTRIBUTE, decodeModel, encodeModel, FLOAT, type OnnxModel, type OnnxNode } from '../../graph/onnx/schema.ts';
import { planOf } from './plan.ts';

/** Least and greatest value of a map. */
export interface Range {
  min: number;
  max: number;
}

/** Of every map that is rounded, by its name in the model. */
export type Ranges = ReadonlyMap<string, Range>;

/** Ranges as networks usually have them: for timing one that is not trained, where values do not matter. */
export function usualRanges(model: OnnxModel): Ranges {
  const makers = new Map(model.graph.node.flatMap(node => node.output.map(name => [name, node.opType] as const)));
  return new Map([...planOf(model).maps].map(name => [name, usual.get(makers.get(name) ?? '') ?? { min: -4, max: 4 }]));
}

const usual: ReadonlyMap<string, Range> = new Map([
  ['Relu', { min: 0, max: 4 }],
  ['Clip', { min: 0, max: 6 }],
  ['HardSigmoid', { min: 0, max: 1 }],
  ['Sigmoid', { min: 0, max: 1 }],
]);

const MIN = '/min';
const MAX = '/max';

/** The model with the least and the greatest value of every map that would be rounded as further outputs. */
export function observedModel(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const outputs = [...planOf(model).maps].flatMap(name => [name + MIN, name + MAX]);
  const node = outputs.map(
    (output): OnnxNode => ({
      opType: output.endsWith(MIN) ? 'ReduceMin' : 'ReduceMax',
      input: [output.replace(/\/m\w\w$/, '')],
      output: [output],
      attribute: [{ name: 'keepdims', type: ATTRIBUTE.int, i: 0 }],
    }),
  );
  const scalar = { tensorType: { elemType: FLOAT, shape: { dim: [] } } };
  const { graph } = model;
  return encodeModel({
    ...model,
    graph: {
      ...graph,
      node: [...graph.node, ...node],
      output: [...graph.output, ...outputs.map(name => ({ name, type: scalar }))],
    },
  });
}

/**
 * Ranges from what an observed model gave for batches of images: the mean over the batches of their extremes, so that one
 * unusual image does not coarsen the steps for all others.
 */
export function rangesOf(batches: readonly Readonly<Record<string, Float32Array>>[]): Ranges {
  const mean = (name: string) => batches.reduce((sum, values) => sum + values[name][0], 0) / batches.length;
  const names = Object.keys(batches[0]).filter(name => name.endsWith(MIN));
  return new Map(
    names.map(output => {
      const name = output.slice(0, -MIN.length);
      return [name, { min: mean(output), max: mean(name + MAX) }];
    }),
  );
}
