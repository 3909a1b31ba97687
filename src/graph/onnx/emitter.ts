import {
  ATTRIBUTE,
  encodeModel,
  FLOAT,
  INT64,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from './schema.ts';

export type AttributeValue = number | string | readonly number[] | { float: number } | { floats: readonly number[] };

/** Name of a tensor in the ONNX graph. */
export type TensorName = string;

/** Marks an attribute as a float where a bare number would be written as an integer. */
export const float = (value: number): { float: number } => ({ float: value });

/** Likewise for a list. */
export const floats = (values: readonly number[]): { floats: readonly number[] } => ({ floats: values });

/** How a tensor was asked for. */
export interface Produced {
  type: string;
  inputs: readonly TensorName[];
  attributes: Record<string, AttributeValue>;
  domain: string;
}

export const CONTRIB = 'com.microsoft';
export const NCHWC = 'com.microsoft.nchwc';

/**
 * Writes the nodes of one ONNX model. Equal nodes (operator, inputs, attributes) are written once, so lowering rules
 * may ask for the same intermediate result independently of each other.
 */
export class OnnxEmitter {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxTensor[] = [];
  private readonly graphInputs: OnnxValueInfo[] = [];
  private readonly graphOutputs: OnnxValueInfo[] = [];
  private readonly known = new Map<string, TensorName[]>();
  private readonly producers = new Map<TensorName, Produced>();
  /** Of constant lists of integers. */
  private readonly integers = new Map<TensorName, readonly number[]>();
  /** Shapes of tensors before they were reshaped. */
  private readonly shapes = new Map<TensorName, readonly number[]>();
  /** Tensors that got the name of an output. */
  private readonly renamed = new Map<TensorName, TensorName>();
  private counter = 0;
  /** Begins the names of what is written from now on. */
  label: string | undefined;

  /** A node with one result. */
  op(
    type: string,
    inputs: readonly TensorName[],
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): TensorName {
    return this.ops(type, inputs, attributes, domain, 1)[0];
  }

  ops(
    type: string,
    inputs: readonly TensorName[],
    attributes: Record<string, AttributeValue>,
    domain: string,
    results: number,
  ): TensorName[] {
    const key = JSON.stringify([domain, type, inputs, attributes, results]);
    const before = this.known.get(key);
    if (before) return before;
    const output = Array.from({ length: results }, () => this.fresh());
    this.nodes.push({
      opType: type,
      domain,
      name: output[0],
      input: [...inputs],
      output,
      attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
    });
    this.known.set(key, output);
    for (const name of output) this.producers.set(name, { type, inputs, attributes, domain });
    return output;
  }

  /** The node a tensor comes from; undefined for inputs and constants. A rule may write another one in its place. */
  producer(tensor: TensorName): Produced | undefined {
    return this.producers.get(tensor);
  }

  /** A constant list of 64-bit integers: shapes, axes, pads. */
  ints(values: readonly number[]): TensorName {
    const name = this.constant(`i64:${values}`, [values.length], INT64, new BigInt64Array(values.map(BigInt)));
    this.integers.set(name, values);
    return name;
  }

  /** A constant float tensor; `dims` empty for a scalar. */
  floats(values: readonly number[] | Float32Array, dims: readonly number[] = [values.length]): TensorName {
    const key = values.length <= 16 ? `f32:${dims}:${[...values]}` : undefined;
    return this.constant(key, dims, FLOAT, Float32Array.from(values));
  }

  scalar(value: number): TensorName {
    return this.floats([value], []);
  }

  /** A named initializer: a weight of an exported model. */
  initializer(name: string, dims: readonly number[], values: Float32Array): TensorName {
    this.initializers.push({ name, dims: [...dims], dataType: FLOAT, rawData: bytesOf(values) });
    return name;
  }

  input(name: string, dims: readonly (number | string)[]): TensorName {
    this.graphInputs.push(valueInfo(name, dims));
    return name;
  }

  /**
   * Declares a result under a name of its own, behind an Identity: onnxruntime orders the nodes from the last ones back,
   * and with outputs in the middle of the graph it holds half as much again in memory. Where the result was reshaped, that
   * is done here.
   */
  output(name: string, tensor: TensorName, dims: readonly (number | string)[]): void {
    const source = dims.every(size => typeof size === 'number') ? this.beforeReshape(tensor) : tensor;
    const made = source === tensor ? { opType: 'Identity', input: [tensor] } : this.reshaping(source, dims as number[]);
    this.nodes.push({ ...made, domain: '', output: [name], attribute: [] });
    this.graphOutputs.push(valueInfo(name, dims));
  }

  /**
   * Declares a result in the shape that it is computed in, where that is known: no copy into another shape, nor into an
   * output's memory where the model itself reads it too. For a model whose results are taken as so many numbers, and computed
   * into memory given beforehand, so that it does not matter to onnxruntime's own how early they are there.
   *
   * @returns that shape
   */
  outputAsComputed(name: string, tensor: TensorName, dims: readonly number[]): readonly number[] {
    const first = this.beforeReshape(tensor);
    const shape = first === tensor ? dims : this.shapes.get(first);
    const source = shape ? first : tensor;
    const computed = this.nodes.some(({ output }) => output.includes(source));
    if (computed) {
      const rename = (names: string[]) => names.map(one => (one === source ? name : one));
      for (const node of this.nodes) {
        node.input = rename(node.input);
        node.output = rename(node.output);
      }
    } else {
      // An input, or what another output is called by now.
      const given = this.renamed.get(source) ?? source;
      this.nodes.push({ opType: 'Identity', input: [given], domain: '', output: [name], attribute: [] });
    }
    this.renamed.set(source, name);
    this.graphOutputs.push(valueInfo(name, shape ?? dims));
    return shape ?? dims;
  }

  /** Declares an output that is no tensor but an empty sequence. */
  outputSequence(name: string): void {
    this.nodes.push({ opType: 'SequenceEmpty', input: [], domain: '', output: [name], attribute: [] });
    this.graphOutputs.push({ name, type: { sequenceType: { elemType: { tensorType: { elemType: FLOAT } } } } });
  }

  /** @param from the shape that `tensor` has, where the rule knows it */
  reshape(tensor: TensorName, dims: readonly number[], from?: readonly number[]): TensorName {
    if (from) this.shapes.set(tensor, from);
    const { opType, input } = this.reshaping(this.beforeReshape(tensor), dims);
    return this.op(opType, input);
  }

  /**
   * Declares inputs that are read in one other shape only in that shape, and saves the reshaping: for a model whose inputs
   * are handed over as so many numbers. To be called when all is written.
   *
   * @returns the shapes by name
   */
  settleInputs(): Record<string, number[]> {
    const settled: Record<string, number[]> = {};
    const needed = this.neededNodes();
    for (const [index, { name }] of this.graphInputs.entries()) {
      const [reader, ...others] = needed.filter(({ input }) => input.includes(name));
      const dims = reader?.opType === 'Reshape' ? this.integers.get(reader.input[1]) : undefined;
      if (!dims || dims.includes(-1) || others.length > 0) continue;
      const [reshaped] = reader.output;
      if (this.graphOutputs.some(output => output.name === reshaped)) continue;
      for (const node of this.nodes) node.input = node.input.map(input => (input === reshaped ? name : input));
      this.nodes.splice(this.nodes.indexOf(reader), 1);
      this.graphInputs[index] = valueInfo(name, dims);
      settled[name] = [...dims];
    }
    return settled;
  }

  /** A node costs memory in every session: of shapes that follow one another only the last one is made. */
  private beforeReshape(tensor: TensorName): TensorName {
    const made = this.producers.get(tensor);
    return made?.type === 'Reshape' ? this.beforeReshape(made.inputs[0]) : tensor;
  }

  private reshaping(tensor: TensorName, dims: readonly number[]): { opType: 'Reshape'; input: TensorName[] } {
    return { opType: 'Reshape', input: [tensor, this.ints(dims)] };
  }

  /** The model as bytes of an ONNX file (opset 17). */
  finish(name: string, metadata: Record<string, string> = {}): Uint8Array {
    const node = this.neededNodes();
    const read = new Set(node.flatMap(({ input }) => input));
    return encodeModel({
      irVersion: 8,
      producerName: 'Proxyless Studio',
      opsetImport: [
        { domain: '', version: 17 },
        ...[CONTRIB, NCHWC]
          .filter(domain => node.some(one => one.domain === domain))
          .map(domain => ({ domain, version: 1 })),
      ],
      graph: {
        name,
        node,
        initializer: this.initializers.filter(tensor => read.has(tensor.name as string)),
        input: this.graphInputs,
        output: this.graphOutputs,
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  /** Nodes that an output needs: rules may ask for results that then nobody uses. */
  private neededNodes(): OnnxNode[] {
    const needed = new Set(this.graphOutputs.map(output => output.name));
    const kept = this.nodes.toReversed().filter(({ input, output }) => {
      if (!output.some(name => needed.has(name))) return false;
      for (const name of input) needed.add(name);
      return true;
    });
    return kept.reverse();
  }

  private constant(
    key: string | undefined,
    dims: readonly number[],
    dataType: number,
    values: Float32Array | BigInt64Array,
  ): TensorName {
    const before = key === undefined ? undefined : this.known.get(key);
    if (before) return before[0];
    const name = this.fresh();
    this.initializers.push({ name, dims: [...dims], dataType, rawData: bytesOf(values) });
    if (key !== undefined) this.known.set(key, [name]);
    return name;
  }

  private fresh(): TensorName {
    const name = `t${this.counter++}`;
    return this.label === undefined ? name : `${this.label}/${name}`;
  }
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function encodeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE.string, s: Buffer.from(value) };
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float };
  if ('floats' in value) return { name, type: ATTRIBUTE.floats, floats: [...value.floats] };
  return value.every(Number.isInteger)
    ? { name, type: ATTRIBUTE.ints, ints: [...value] }
    : { name, type: ATTRIBUTE.floats, floats: [...value] };
}

function valueInfo(name: string, dims: readonly (number | string)[]): OnnxValueInfo {
  const dim = dims.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
