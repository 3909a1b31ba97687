import { type LayerGraph, type LayerNode, type LayerOp, type MapShape, shapeAt } from '../../space/layerGraph.ts';

/** What the published tables have entries for: a convolution stands for its batch norm and activation as well. */
export type Piece =
  /** 3x3 convolution. */
  | { kind: 'convolution'; input: MapShape; output: MapShape }
  /** 1x1 convolution, or the same on a vector. */
  | { kind: 'pointwise'; input: MapShape; output: MapShape }
  | {
      kind: 'bottleneck';
      input: MapShape;
      output: MapShape;
      kernel: number;
      stride: number;
      /** Channels inside. */
      mid: number;
      skip: boolean;
      squeezeExcite: boolean;
      hswish: boolean;
    }
  /** Mean over all places. */
  | { kind: 'pooling'; input: MapShape }
  /** The last layer. */
  | { kind: 'classifier'; input: MapShape; output: MapShape };

/** A piece and the node that has its result; a part of a network is read from its first node to its last. */
interface Read<T> {
  found: T;
  end: number;
}

/**
 * The pieces that nodes `from` to `to` (exclusive) are made of, each reading the one before it, the first reading `source`;
 * undefined when anything else is among them.
 */
export function piecesOf(graph: LayerGraph, from: number, to: number, source: number): Piece[] | undefined {
  const reader = new PieceReader(graph, to);
  const pieces: Piece[] = [];
  for (let at = from, input = source; at < to; ) {
    const read = reader.read(at, input);
    if (!read) return undefined;
    pieces.push(...read.found);
    input = read.end;
    at = read.end + 1;
  }
  return pieces;
}

/** The tables' networks have these, and their keys do not tell ReLU from ReLU6: both are a bound on what the layer before writes. */
const activations: ReadonlySet<LayerOp> = new Set(['relu', 'relu6', 'hswish']);

type Convolution = Extract<LayerNode, { op: 'conv2d' }>;

/** A convolution with what belongs to it. */
interface Unit {
  convolution: Convolution;
  activation: LayerOp | undefined;
  depthwise: boolean;
}

class PieceReader {
  constructor(
    private readonly graph: LayerGraph,
    private readonly to: number,
  ) {}

  /** The piece that begins at a node and reads `source`; none for dropout, which does nothing once a network is trained. */
  read(at: number, source: number): Read<Piece[]> | undefined {
    if (this.is(at, 'dropout', source)) return { found: [], end: at };
    const read = this.bottleneck(at, source) ?? this.single(at, source);
    return read && { found: [read.found], end: read.end };
  }

  private single(at: number, source: number): Read<Piece> | undefined {
    const input = shapeAt(this.graph, source);
    const output = this.graph.nodes[at].shape;
    if (this.is(at, 'globalAvgPool', source)) return { found: { kind: 'pooling', input }, end: at };
    if (this.is(at, 'linear', source)) {
      const activation = this.activationAfter(at);
      if (activation) return { found: { kind: 'pointwise', input, output }, end: at + 1 };
      return { found: { kind: 'classifier', input, output }, end: at };
    }
    const unit = this.unit(at, source);
    const { kernel, groups, dilation, stride } = unit?.found.convolution.attributes ?? {};
    if (!unit || groups !== 1 || dilation !== 1) return undefined;
    if (kernel === 3) return { found: { kind: 'convolution', input, output }, end: unit.end };
    if (kernel === 1 && stride === 1) return { found: { kind: 'pointwise', input, output }, end: unit.end };
    return undefined;
  }

  private bottleneck(at: number, source: number): Read<Piece> | undefined {
    const first = this.unit(at, source);
    if (!first?.found.activation) return undefined;
    const widened = first.found.depthwise ? undefined : first;
    const filtered = widened ? this.unit(widened.end + 1, widened.end) : first;
    if (!filtered?.found.depthwise || filtered.found.activation !== first.found.activation) return undefined;
    if (widened && !isPlainPointwise(widened.found.convolution)) return undefined;
    const gate = this.gate(filtered.end + 1, filtered.end);
    const before = gate ?? filtered.end;
    const narrowed = this.unit(before + 1, before);
    if (!narrowed || narrowed.found.activation || !isPlainPointwise(narrowed.found.convolution)) return undefined;
    const skip = this.isAdd(narrowed.end + 1, narrowed.end, source);
    const input = shapeAt(this.graph, source);
    const { kernel, stride } = filtered.found.convolution.attributes;
    const mid = filtered.found.convolution.shape[0];
    // A 1x1 convolution that does not widen is another operator than none.
    if (widened && mid === input[0]) return undefined;
    const found: Piece = {
      kind: 'bottleneck',
      input,
      output: narrowed.found.convolution.shape,
      kernel,
      stride,
      mid,
      skip,
      squeezeExcite: gate !== undefined,
      hswish: first.found.activation === 'hswish',
    };
    return { found, end: skip ? narrowed.end + 1 : narrowed.end };
  }

  /** Squeeze-and-excitation of the map `source`: the node that multiplies. */
  private gate(at: number, source: number): number | undefined {
    if (!this.is(at, 'globalAvgPool', source)) return undefined;
    const squeezed = this.unit(at + 1, at);
    const excited = squeezed && this.unit(squeezed.end + 1, squeezed.end);
    if (!squeezed?.found.activation || !excited || excited.found.activation) return undefined;
    const bounded = excited.end + 1;
    if (!this.is(bounded, 'hsigmoid', excited.end) && !this.is(bounded, 'sigmoid', excited.end)) return undefined;
    const node = this.node(bounded + 1);
    if (node?.op !== 'multiply' || node.inputs.join() !== [source, bounded].join()) return undefined;
    return bounded + 1;
  }

  private unit(at: number, source: number): Read<Unit> | undefined {
    const node = this.node(at);
    if (node?.op !== 'conv2d' || node.inputs[0] !== source) return undefined;
    const normed = this.is(at + 1, 'batchNorm', at) ? at + 1 : at;
    const activation = this.activationAfter(normed);
    const channels = shapeAt(this.graph, source)[0];
    const { groups, dilation, out } = node.attributes;
    const depthwise = groups === channels && out === channels && groups > 1 && dilation === 1;
    return { found: { convolution: node, activation, depthwise }, end: activation ? normed + 1 : normed };
  }

  private activationAfter(at: number): LayerOp | undefined {
    const node = this.node(at + 1);
    return node && activations.has(node.op) && node.inputs[0] === at ? node.op : undefined;
  }

  private isAdd(at: number, left: number, right: number): boolean {
    const node = this.node(at);
    return node?.op === 'add' && node.inputs.includes(left) && node.inputs.includes(right);
  }

  private is(at: number, op: LayerOp, source: number): boolean {
    const node = this.node(at);
    return node?.op === op && node.inputs[0] === source;
  }

  private node(at: number): LayerNode | undefined {
    return at < this.to ? this.graph.nodes[at] : undefined;
  }
}

function isPlainPointwise({ attributes: { kernel, stride, groups } }: Convolution): boolean {
  return kernel === 1 && stride === 1 && groups === 1;
}
