import { type Attributes, array, map, type Op, type ValueType } from './types.ts';

/** Result types of an operator; throws when the inputs do not fit (a mistake of the program: people's mistakes are found earlier). */
type ShapeRule<O extends Op> = (inputs: readonly ValueType[], attributes: Attributes[O]) => ValueType[];

/** Whether each channel is convolved by itself, to one channel of the result. */
export function isDepthwise(groups: number, channels: number, outputs: number): boolean {
  return groups > 1 && groups === channels && outputs === channels;
}

/** Places of a window along one side: `floor((size + 2 pad - dilation (kernel - 1) - 1) / stride) + 1`. */
export function windowCount(size: number, kernel: number, stride: number, pad: number, dilation = 1): number {
  return Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
}

const same = (inputs: readonly ValueType[]): ValueType[] => [inputs[0]];

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(`graph: ${what}`);
}

function sameShape(a: ValueType, b: ValueType, what: string): void {
  demand(a.dims.join() === b.dims.join(), `${what}: [${a.dims}] and [${b.dims}] differ`);
}

const pair = ([a, b]: readonly ValueType[]): ValueType[] => {
  sameShape(a, b, 'element-wise operator');
  return [a];
};
const pool = ([x]: readonly ValueType[], { kernel, stride, pad }: Attributes['maxPool']): ValueType[] => {
  const [n, c, h, w] = x.dims;
  return [map(n, c, windowCount(h, kernel, stride, pad), windowCount(w, kernel, stride, pad))];
};
const norm = ([x]: readonly ValueType[]): ValueType[] => [x, array(x.dims[1]), array(x.dims[1])];
const pointwise = ([x, w]: readonly ValueType[]): ValueType => {
  demand(w.dims[1] === x.dims[1], `1x1 weights for ${w.dims[1]} channels on ${x.dims[1]}`);
  return map(x.dims[0], w.dims[0], x.dims[2], x.dims[3]);
};

export const shapeRules: { [O in Op]: ShapeRule<O> } = {
  conv2d: ([x, w], { stride, dilation, groups, pad }) => {
    const [n, c, h, width] = x.dims;
    const [out, inPerGroup, k] = w.dims;
    demand(inPerGroup * groups === c && out % groups === 0, `weights [${w.dims}] in ${groups} groups on ${c} channels`);
    return [map(n, out, windowCount(h, k, stride, pad, dilation), windowCount(width, k, stride, pad, dilation))];
  },
  batchNorm: norm,
  normalize: same,
  pointwiseBatchNorm: inputs => {
    const y = pointwise(inputs);
    return [y, array(y.dims[1]), array(y.dims[1])];
  },
  pointwiseNormalize: inputs => [pointwise(inputs)],
  relu: same,
  relu6: same,
  hswish: same,
  hsigmoid: same,
  sigmoid: same,
  add: pair,
  multiply: pair,
  scaleChannels: ([x, s]) => {
    sameShape(s, map(x.dims[0], x.dims[1], 1, 1), 'scaleChannels');
    return [x];
  },
  concat: inputs => {
    const [n, , h, w] = inputs[0].dims;
    for (const { dims } of inputs) sameShape(map(n, 1, h, w), map(dims[0], 1, dims[2], dims[3]), 'concat');
    const channels = inputs.reduce((sum, input) => sum + input.dims[1], 0);
    return [map(n, channels, h, w)];
  },
  sliceChannels: ([x], { from, to }) => {
    demand(from >= 0 && from < to && to <= x.dims[1], `channels ${from}..${to} of ${x.dims[1]}`);
    return [map(x.dims[0], to - from, x.dims[2], x.dims[3])];
  },
  maxPool: pool,
  avgPool: pool,
  shift: same,
  sumSpatial: ([x]) => [map(x.dims[0], x.dims[1], 1, 1)],
  broadcastSpatial: ([x], { height, width }) => [map(x.dims[0], x.dims[1], height, width)],
  softmaxCrossEntropy: ([logits, targets]) => {
    sameShape(targets, array(logits.dims[0], logits.dims[1]), 'softmaxCrossEntropy');
    return [array(1), logits];
  },
  conv2dInputGrad: ([dy, w], { groups, height, width }) => [map(dy.dims[0], w.dims[1] * groups, height, width)],
  conv2dWeightGrad: ([x, dy], { groups, kernel }) => [array(dy.dims[1], x.dims[1] / groups, kernel, kernel)],
  biasGrad: ([dy]) => [array(dy.dims[1])],
  batchNormGrad: ([x, gamma]) => [x, gamma, gamma, gamma],
  scaleByChannel: ([x]) => [x],
  scaleFilters: ([w]) => [w],
  pointwiseBatchNormGrad: ([x, w, gamma]) => [x, w, gamma, gamma],
  pointwiseNormInputGrad: ([x]) => [x],
  channelSums: ([dy, y]) => {
    sameShape(dy, y, 'channelSums');
    return [array(dy.dims[1]), array(dy.dims[1])];
  },
  reluGrad: pair,
  relu6Grad: pair,
  hswishGrad: pair,
  hsigmoidGrad: pair,
  sigmoidGrad: pair,
  maxPoolGrad: same,
  avgPoolGrad: ([dy], { height, width }) => [map(dy.dims[0], dy.dims[1], height, width)],
  padChannels: ([dy], { channels }) => [map(dy.dims[0], channels, dy.dims[2], dy.dims[3])],
  softmaxCrossEntropyGrad: same,
  dot: ([a, b]) => {
    sameShape(a, b, 'dot');
    return [array(1)];
  },
};
