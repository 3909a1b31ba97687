import { elements, type Graph, type Op, type ValueId, type ValueType } from '../types.ts';
import { OnnxEmitter, type TensorName } from './emitter.ts';
import type { Lowering, LoweringRule, RuleContext } from './rule.ts';

/** An ONNX model of a graph, with the ONNX shapes its named inputs and outputs have in the lowering's layout. */
export interface LoweredModel {
  bytes: Uint8Array;
  inputDims: Record<string, number[]>;
  outputDims: Record<string, number[]>;
}

export interface LowerOptions {
  /** Values for inputs that become initializers of the model instead of inputs, by name. */
  constants?: ReadonlyMap<string, Float32Array>;
  metadata?: Record<string, string>;
  /** Declares the batch of maps that go in and out as free, under this name; for graphs that only infer. */
  batchName?: string;
  /** Gives maps of 1x1 places out as `[N, C]`. */
  flatOutputs?: boolean;
  /** Leaves the shapes of inputs and outputs to the model: the same numbers in the same order, in whatever shape. */
  freeShapes?: boolean;
  /** Name of a first output that is an empty sequence: a mark for who runs the model. */
  mark?: string;
}

/** Lowers a graph to an ONNX model. */
export function lowerGraph(
  graph: Graph,
  lowering: Lowering,
  { constants = new Map(), metadata, batchName, flatOutputs = false, freeShapes = false, mark }: LowerOptions = {},
): LoweredModel {
  const e = new OnnxEmitter();
  const names = new Map<ValueId, TensorName>();
  const declared = (shape: readonly number[], { kind }: ValueType) =>
    batchName !== undefined && kind === 'map' ? [batchName, ...shape.slice(1)] : shape;
  const dims = (type: ValueType) => (type.kind === 'map' ? lowering.mapDims(type.dims) : lowering.arrayDims(type.dims));
  const between = (type: ValueType) => (type.kind === 'map' ? lowering.between?.(type) : undefined);
  const inputDims: Record<string, number[]> = {};
  const outputDims: Record<string, number[]> = {};
  for (const { name, value } of graph.inputs) {
    const type = graph.values[value];
    const lying = between(type);
    const shape = lying?.dims ?? dims(type);
    const constant = constants.get(name);
    if (constant) names.set(value, e.initializer(name, shape, constant));
    else {
      const input = e.input(name, declared(shape, type));
      names.set(value, lying?.take(e, input) ?? input);
      inputDims[name] = shape;
    }
  }
  const readers = new Map<ValueId, number>();
  for (const id of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.map(output => output.value)])
    readers.set(id, (readers.get(id) ?? 0) + 1);
  for (const node of graph.nodes) {
    e.label = node.label;
    const rule = lowering.rules[node.op] as LoweringRule<Op>;
    const results = rule({
      e,
      inputs: node.inputs.map(id => names.get(id) as TensorName),
      inputTypes: node.inputs.map(id => graph.values[id]),
      outputTypes: node.outputs.map(id => graph.values[id]),
      outputDims: node.outputs.map(id => dims(graph.values[id])),
      attributes: node.attributes,
      used: node.outputs.map(id => readers.has(id)),
      alone: node.inputs.map(id => readers.get(id) === 1),
    } as RuleContext<Op>);
    node.outputs.forEach((id, i) => {
      const result = results[i];
      if (result !== undefined) names.set(id, result);
    });
  }
  e.label = undefined;
  if (mark !== undefined) e.outputSequence(mark);
  const given = graph.outputs.map(({ value }) => {
    const type = graph.values[value];
    const computed = names.get(value) as TensorName;
    const lying = between(type);
    return lying ? { tensor: lying.give(e, computed), shape: lying.dims } : { tensor: computed, shape: dims(type) };
  });
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const type = graph.values[value];
    const flat = flatOutputs && type.kind === 'map';
    const { tensor, shape } = given[i];
    outputDims[name] = flat ? [type.dims[0], elements(type) / type.dims[0]] : shape;
    if (freeShapes) outputDims[name] = [...e.outputAsComputed(name, tensor, outputDims[name])];
    else e.output(name, flat ? e.op('Flatten', [tensor], { axis: 1 }) : tensor, declared(outputDims[name], type));
  }
  if (freeShapes) Object.assign(inputDims, e.settleInputs());
  return { bytes: e.finish('proxyless', metadata), inputDims, outputDims };
}
