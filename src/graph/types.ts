/**
 * The intermediate representation that training and inference graphs are written in: static shapes, float32 values,
 * one list of nodes in topological order. Two kinds of value:
 * - a *map* is a batch of feature maps, logical shape `[N, C, H, W]`; how it lies in memory is the lowering's business;
 * - an *array* is anything else (weights, statistics, scalars), row-major.
 */
export interface ValueType {
  kind: 'map' | 'array';
  dims: readonly number[];
}

/** Index into `Graph.values`. */
export type ValueId = number;

interface Convolution {
  stride: number;
  dilation: number;
  groups: number;
  pad: number;
}
interface Pooling {
  kernel: number;
  stride: number;
  pad: number;
}
interface Normalisation {
  eps: number;
}
type None = Record<never, never>;

/** Operators a network is written in; each has a gradient rule. Inputs and outputs stand in the comments. */
export interface ForwardOps {
  /** (x map, w [O, I/groups, k, k], bias [O]?) -> map */
  conv2d: Convolution;
  /** (x, gamma [C], beta [C]) -> (y, mean [C], variance [C]): statistics of this batch, biased variance. */
  batchNorm: Normalisation;
  /** (x, gamma, beta, mean, variance) -> y. Differentiates as `batchNorm`: the statistics are those of x, computed before. */
  normalize: Normalisation;
  /** (x, w [O, I, 1, 1], gamma, beta) -> (y, mean, variance): `batchNorm(conv2d(x, w))`, statistics from the covariance of x. */
  pointwiseBatchNorm: Normalisation;
  /** (x, w, gamma, beta, mean, variance) -> y: `normalize(conv2d(x, w))` */
  pointwiseNormalize: Normalisation;
  relu: None;
  relu6: None;
  hswish: None;
  hsigmoid: None;
  sigmoid: None;
  /** (a, b) -> a + b, equal shapes */
  add: None;
  /** (a, b) -> a * b, equal shapes */
  multiply: None;
  /** (x [N, C, H, W], s [N, C, 1, 1]) -> x * s */
  scaleChannels: None;
  /** (maps...) -> map, along channels */
  concat: None;
  /** x -> channels from..to-1 */
  sliceChannels: { from: number; to: number };
  maxPool: Pooling;
  /** Mean over the elements inside the map (padding does not count). */
  avgPool: Pooling;
  /** y[row, column] = x[row - down, column - right], 0 outside of x */
  shift: { down: number; right: number };
  /** [N, C, H, W] -> [N, C, 1, 1] */
  sumSpatial: { scale: number };
  /** [N, C, 1, 1] -> [N, C, height, width] */
  broadcastSpatial: { height: number; width: number; scale: number };
  /** (logits [N, K, 1, 1], targets array [N, K]) -> (loss [1], probabilities map): mean cross-entropy, targets may be soft. */
  softmaxCrossEntropy: None;
}

/** Operators that only gradient rules emit. */
export interface AdjointOps {
  /** (dy, w) -> dx of the given height and width */
  conv2dInputGrad: Convolution & { height: number; width: number };
  /** (x, dy) -> dw */
  conv2dWeightGrad: Convolution & { kernel: number };
  /** (dy) -> [C]: sum over images and places */
  biasGrad: None;
  /** (x, gamma, mean, variance, dy) -> (d, scale [C], dgamma, dbeta), where dx is d times its channel's scale */
  batchNormGrad: Normalisation;
  /** (x, factor [C]) -> x, every channel times its factor */
  scaleByChannel: None;
  /** (w [O, ...], factor [O]) -> w, every output's weights times its factor */
  scaleFilters: None;
  /** (x, w, gamma, mean, variance, dy, sum of dy by channel?) -> (dx, dw, dgamma, dbeta) */
  pointwiseBatchNormGrad: Normalisation;
  /** (x, w, gamma, beta, mean, variance, dy, sum of dy, of dy y, by channel) -> dx of y = `pointwiseNormalize`: no product for dw */
  pointwiseNormInputGrad: Normalisation;
  /** (dy, y) -> (sum of dy, sum of dy y), by channel */
  channelSums: None;
  /** (y, dy) -> dx */
  reluGrad: None;
  /** (y, dy) -> dx */
  relu6Grad: None;
  /** (x, dy) -> dx */
  hswishGrad: None;
  /** (x, dy) -> dx */
  hsigmoidGrad: None;
  /** (y, dy) -> dx */
  sigmoidGrad: None;
  /** (x, y, dy) -> dx */
  maxPoolGrad: Pooling;
  /** (dy) -> dx of the given height and width */
  avgPoolGrad: Pooling & { height: number; width: number };
  /** (dy) -> dx with `channels` channels, zero outside from.. */
  padChannels: { from: number; channels: number };
  /** (probabilities, targets) -> dlogits */
  softmaxCrossEntropyGrad: None;
  /** (a, b) -> [1]: sum of products, the gradient of a binary gate */
  dot: None;
}

export type Attributes = ForwardOps & AdjointOps;
export type ForwardOp = keyof ForwardOps;
export type Op = keyof Attributes;

export interface GraphNode<O extends Op = Op> {
  op: O;
  attributes: Attributes[O];
  inputs: readonly ValueId[];
  outputs: readonly ValueId[];
  /** Where it comes from: part of the names in an exported model, none of what is computed. */
  label?: string;
}

export interface NamedValue {
  name: string;
  value: ValueId;
}

export interface Graph {
  values: readonly ValueType[];
  inputs: readonly NamedValue[];
  nodes: readonly GraphNode[];
  outputs: readonly NamedValue[];
}

/** Number of elements of a value. */
export function elements(type: ValueType): number {
  return type.dims.reduce((product, dim) => product * dim, 1);
}

export const map = (n: number, c: number, h: number, w: number): ValueType => ({ kind: 'map', dims: [n, c, h, w] });
export const array = (...dims: number[]): ValueType => ({ kind: 'array', dims });
