import {
  ATTRIBUTE,
  decodeModel,
  encodeModel,
  FLOAT,
  INT8,
  INT32,
  type OnnxNode,
  type OnnxTensor,
  UINT8,
} from '../../graph/onnx/schema.ts';
import { planOf } from './plan.ts';
import { type Ranges, usualRanges } from './ranges.ts';

/**
 * A model in 8 bits, as ONNX writes them: QuantizeLinear and DequantizeLinear around what runs on integers (QDQ). Maps are
 * uint8 with a scale and a zero of their own, weights int8 with a scale for every output channel, biases int32. Any
 * onnxruntime runs it; one whose processor has integer kernels joins the pairs with the operators between them.
 *
 * @param ranges of the maps; by default those that networks usually have, for timing
 */
export function quantise(bytes: Uint8Array, ranges?: Ranges): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  const plan = planOf(model);
  const writer = new QuantisedGraph(graph.initializer, ranges ?? usualRanges(model), plan.sameScale);
  const inputs = graph.input.map(({ name }) => name).filter(name => plan.maps.has(name));
  for (const name of inputs) writer.round(name);
  for (const node of graph.node) {
    const input = plan.convolutions.has(node)
      ? writer.convolutionInputs(node)
      : node.input.map(name => writer.read(name));
    writer.nodes.push({ ...node, input });
    for (const name of node.output) if (plan.maps.has(name)) writer.round(name);
  }
  const read = new Set(writer.nodes.flatMap(node => node.input));
  const initializer = writer.initializers.filter(({ name }) => read.has(name as string));
  return encodeModel({ ...model, graph: { ...graph, node: writer.nodes, initializer } });
}

interface Step {
  scale: number;
  zero: number;
}

class QuantisedGraph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[];
  private readonly rounded = new Map<string, Step>();

  constructor(
    constants: readonly OnnxTensor[],
    private readonly ranges: Ranges,
    private readonly sameScale: ReadonlyMap<string, string>,
  ) {
    this.initializers = [...constants];
  }

  /** The name under which a tensor is read: behind its rounding, where it is rounded. */
  read(name: string): string {
    return this.rounded.has(name) ? `${name}/dequantised` : name;
  }

  /** Rounds a map to 256 steps over its range, which always holds 0: padding is exact. */
  round(name: string): void {
    const step = this.stepOf(name);
    this.rounded.set(name, step);
    const scale = this.constant(`${name}/scale`, [], FLOAT, Float32Array.of(step.scale));
    const zero = this.constant(`${name}/zero`, [], UINT8, Uint8Array.of(step.zero));
    const quantised = `${name}/quantised`;
    this.node('QuantizeLinear', [name, scale, zero], quantised);
    this.node('DequantizeLinear', [quantised, scale, zero], `${name}/dequantised`);
  }

  convolutionInputs({ input: [x, w, bias] }: OnnxNode): string[] {
    const { scale: xScale } = this.rounded.get(x) as Step;
    const { values, dims } = this.floats(w);
    const rows = dims[0];
    const row = values.length / rows;
    const scales = Float32Array.from({ length: rows }, (_, o) => {
      const largest = values.subarray(o * row, (o + 1) * row).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      return largest > 0 ? largest / 127 : 1;
    });
    const weights = Int8Array.from(values, (value, i) => Math.round(value / scales[Math.floor(i / row)]));
    const inputs = [this.read(x), this.dequantised(w, dims, INT8, weights, scales)];
    if (bias === undefined) return inputs;
    // In units of the products that are summed up.
    const units = scales.map(scale => scale * xScale);
    const biases = Int32Array.from(this.floats(bias).values, (value, o) => Math.round(value / units[o]));
    return [...inputs, this.dequantised(bias, [rows], INT32, biases, units)];
  }

  private stepOf(name: string): Step {
    const source = this.sameScale.get(name);
    const known = source === undefined ? undefined : this.rounded.get(source);
    if (known) return known;
    const range = this.ranges.get(name);
    if (!range) throw new Error(`quantise: the range of ${name} is not known`);
    const min = Math.min(0, range.min);
    // A map of nothing but zeros has steps too.
    const scale = (Math.max(0, range.max) - min) / 255 || 1;
    return { scale, zero: Math.round(-min / scale) };
  }

  /** A constant of integers and the name of what it stands for. */
  private dequantised(
    name: string,
    dims: readonly number[],
    dataType: number,
    values: Int8Array | Int32Array,
    scales: Float32Array,
  ): string {
    const integers = this.constant(`${name}/quantised`, dims, dataType, values);
    const scale = this.constant(`${name}/scale`, [scales.length], FLOAT, scales);
    const result = `${name}/dequantised`;
    this.node('DequantizeLinear', [integers, scale], result, 0);
    return result;
  }

  private node(opType: string, input: string[], output: string, axis?: number): void {
    const attribute = axis === undefined ? [] : [{ name: 'axis', type: ATTRIBUTE.int, i: axis }];
    this.nodes.push({ opType, domain: '', name: output, input, output: [output], attribute });
  }

  private constant(
    name: string,
    dims: readonly number[],
    dataType: number,
    values: Float32Array | Int8Array | Uint8Array | Int32Array,
  ): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push({ name, dims: [...dims], dataType, rawData });
    return name;
  }

  private floats(name: string): { values: Float32Array; dims: number[] } {
    const tensor = this.initializers.find(one => one.name === name);
    if (!tensor) throw new Error(`quantise: ${name} is no constant`);
    // Copied: inside a file numbers lie at any byte.
    return { values: new Float32Array(new Uint8Array(tensor.rawData).buffer), dims: tensor.dims };
  }
}
