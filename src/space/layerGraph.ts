import type { SourcePlace } from '../base/errors.ts';

/** Size of one image's feature map: channels, height, width. A vector is `[n, 1, 1]`. */
export type MapShape = readonly [channels: number, height: number, width: number];

/**
 * The primitives of the search-space language and their attributes. Operators, built-in or a person's own, are graphs
 * of these; each one trains, profiles and exports.
 */
export interface LayerAttributes {
  /** 2-d convolution, `out` channels, square kernel, padding `dilation * (kernel - 1) / 2`; `groups` = channels is depthwise. */
  conv2d: { out: number; kernel: number; stride: number; dilation: number; groups: number; bias: boolean };
  /** Batch normalisation with learned scale and shift. */
  batchNorm: { eps: number; momentum: number };
  relu: Record<never, never>;
  relu6: Record<never, never>;
  /** `x * relu6(x + 3) / 6` */
  hswish: Record<never, never>;
  /** `relu6(x + 3) / 6` */
  hsigmoid: Record<never, never>;
  sigmoid: Record<never, never>;
  /** Sum of two maps of one shape. */
  add: Record<never, never>;
  /** First input times the second: equal shapes, or the second `[C, 1, 1]` (a gate per channel, as in squeeze-and-excitation). */
  multiply: Record<never, never>;
  /** Concatenation along channels of two or more maps. */
  concat: Record<never, never>;
  /** Mean over the pixels inside the map; padding `floor((kernel - 1) / 2)`, outside pixels not counted. */
  avgPool: { kernel: number; stride: number };
  /** Largest value; padding as `avgPool`. */
  maxPool: { kernel: number; stride: number };
  /** Moves the map down and to the right (up and to the left where negative); what leaves it is lost, zeros come in. */
  shift: { down: number; right: number };
  /** Mean over height and width: `[C, H, W] -> [C, 1, 1]`. */
  globalAvgPool: Record<never, never>;
  /** Fully connected, input `[C, 1, 1] -> [out, 1, 1]`, with bias. */
  linear: { out: number };
  /** Inverted dropout, active in training only. */
  dropout: { rate: number };
}

export type LayerOp = keyof LayerAttributes;

/** Primitives that make of each number of one map a number at the same place. */
export const pointwiseOps: ReadonlySet<LayerOp> = new Set([
  'batchNorm',
  'relu',
  'relu6',
  'hswish',
  'hsigmoid',
  'sigmoid',
  'dropout',
]);

/** One primitive in a graph. `inputs` are node indices; -1 is the graph's own input. */
export type LayerNode = {
  [Op in LayerOp]: {
    op: Op;
    attributes: LayerAttributes[Op];
    inputs: readonly number[];
    shape: MapShape;
    /** Where the person wrote it, when known. */
    place?: SourcePlace;
    /** In a whole network: the name of the block it came from. */
    block?: string;
  };
}[LayerOp];

/** A network part from one input map to one output map, in topological order. `output` is a node index, -1 for the identity. */
export interface LayerGraph {
  input: MapShape;
  output: number;
  nodes: readonly LayerNode[];
}

/** Shape of a node's result; of the graph's own input at -1. */
export function shapeAt(graph: LayerGraph, index: number): MapShape {
  return index < 0 ? graph.input : graph.nodes[index].shape;
}

/** Shape of the graph's result. */
export function outputShape(graph: LayerGraph): MapShape {
  return shapeAt(graph, graph.output);
}
