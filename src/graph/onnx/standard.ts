import { type Attributes, elements, type ValueType } from '../types.ts';
import { elementwiseRules } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import { poolingRules } from './pooling.ts';
import type { Lowering } from './rule.ts';

/**
 * The standard lowering: maps as `[N, C, H, W]`, operators of the ONNX standard only. It runs wherever onnxruntime
 * runs, is what exported models are written in, and is the independent check of the channel-major lowering.
 */

const perChannel = (e: OnnxEmitter, vector: TensorName) => e.op('Unsqueeze', [vector, e.ints([0, 2, 3])]);
const perImage = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([0, 2, 3])], { keepdims: 0 });
const count = (type: ValueType) => elements(type) / type.dims[1];

function inverseDeviation(e: OnnxEmitter, variance: TensorName, eps: number): TensorName {
  return e.op('Reciprocal', [e.op('Sqrt', [e.op('Add', [variance, e.scalar(eps)])])]);
}

function statistics(e: OnnxEmitter, x: TensorName, type: ValueType): { mean: TensorName; variance: TensorName } {
  const scale = e.scalar(1 / count(type));
  const mean = e.op('Mul', [perImage(e, x), scale]);
  const centred = e.op('Sub', [x, perChannel(e, mean)]);
  return { mean, variance: e.op('Mul', [perImage(e, e.op('Mul', [centred, centred])), scale]) };
}

function normalised(e: OnnxEmitter, [x, gamma, beta, mean, variance]: readonly TensorName[], eps: number): TensorName {
  const scale = e.op('Mul', [gamma, inverseDeviation(e, variance, eps)]);
  const centred = e.op('Sub', [x, perChannel(e, mean)]);
  return e.op('Add', [e.op('Mul', [centred, perChannel(e, scale)]), perChannel(e, beta)]);
}

/**
 * Ioffe and Szegedy (arXiv 1502.03167), section 3: `dx = gamma/sigma (dy - mean(dy) - xhat mean(dy xhat))`.
 *
 * @returns the bracket, gamma/sigma, and the gradients by gamma and beta
 */
function normGradients(
  e: OnnxEmitter,
  [x, gamma, mean, variance, dy]: readonly TensorName[],
  type: ValueType,
  eps: number,
): [TensorName, TensorName, TensorName, TensorName] {
  const inverse = inverseDeviation(e, variance, eps);
  const xhat = e.op('Mul', [e.op('Sub', [x, perChannel(e, mean)]), perChannel(e, inverse)]);
  const dbeta = perImage(e, dy);
  const dgamma = perImage(e, e.op('Mul', [dy, xhat]));
  const share = e.scalar(1 / count(type));
  const common = e.op('Mul', [xhat, perChannel(e, e.op('Mul', [dgamma, share]))]);
  const centred = e.op('Sub', [dy, perChannel(e, e.op('Mul', [dbeta, share]))]);
  return [e.op('Sub', [centred, common]), e.op('Mul', [gamma, inverse]), dgamma, dbeta];
}

const pads = (pad: number) => [pad, pad, pad, pad];
const pair = (value: number) => [value, value];
const pooling = ({ kernel, stride, pad }: Attributes['maxPool']) => {
  return { kernel_shape: pair(kernel), strides: pair(stride), pads: pads(pad) };
};

function inputGradient(
  e: OnnxEmitter,
  dy: TensorName,
  w: TensorName,
  [dyType, wType]: readonly ValueType[],
  {
    stride,
    dilation,
    groups,
    pad,
    height,
    width,
  }: { stride: number; dilation: number; groups: number; pad: number; height: number; width: number },
): TensorName {
  const reach = dilation * (wType.dims[2] - 1) + 1 - 2 * pad;
  const missing = [height, width].map((size, i) => size - (dyType.dims[2 + i] - 1) * stride - reach);
  return e.op('ConvTranspose', [dy, w], {
    strides: pair(stride),
    dilations: pair(dilation),
    group: groups,
    pads: pads(pad),
    output_padding: missing,
  });
}

/** The weight gradient is a convolution of the input with the output gradient as its kernel, images as channels. */
function weightGradient(
  e: OnnxEmitter,
  x: TensorName,
  dy: TensorName,
  [xType, dyType]: readonly ValueType[],
  {
    stride,
    dilation,
    groups,
    pad,
    kernel,
  }: { stride: number; dilation: number; groups: number; pad: number; kernel: number },
): TensorName {
  const [n, c, h, w] = xType.dims;
  const perGroup = c / groups;
  const grouped = e.reshape(x, [n, groups, perGroup, h, w]);
  const images = e.reshape(e.op('Transpose', [grouped], { perm: [2, 1, 0, 3, 4] }), [perGroup, groups * n, h, w]);
  const kernels = e.op('Transpose', [dy], { perm: [1, 0, 2, 3] });
  // What the strides left unseen at the far edge would make the result larger than the kernel: it is cut off.
  const need = (size: number, out: number) => dilation * (kernel - 1) + stride * (out - 1) + 1 - size - pad;
  const far = [need(h, dyType.dims[2]), need(w, dyType.dims[3])].map(size => Math.max(0, size));
  const full = e.op('Conv', [images, kernels], {
    strides: pair(dilation),
    dilations: pair(stride),
    group: groups,
    pads: [pad, pad, ...far],
  });
  const cut = e.op('Slice', [full, e.ints([0, 0]), e.ints(pair(kernel)), e.ints([2, 3])]);
  return e.op('Transpose', [cut], { perm: [1, 0, 2, 3] });
}

export const standardLowering: Lowering = {
  name: 'standard',
  mapDims: dims => [...dims],
  arrayDims: dims => [...dims],
  order: () => undefined,
  rules: {
    ...elementwiseRules,
    ...poolingRules({ dims: type => [...type.dims], view: (_, x) => x, flat: (_, x) => x }),
    maxPool: ({ e, inputs, attributes }) => [e.op('MaxPool', inputs, pooling(attributes))],
    // Padding is not counted unless it is asked for.
    avgPool: ({ e, inputs, attributes }) => [e.op('AveragePool', inputs, pooling(attributes))],
    conv2d: ({ e, inputs, attributes: { stride, dilation, groups, pad } }) => [
      e.op('Conv', inputs, { strides: pair(stride), dilations: pair(dilation), group: groups, pads: pads(pad) }),
    ],
    conv2dInputGrad: ({ e, inputs: [dy, w], inputTypes, attributes }) => [
      inputGradient(e, dy, w, inputTypes, attributes),
    ],
    conv2dWeightGrad: ({ e, inputs: [x, dy], inputTypes, attributes }) => [
      weightGradient(e, x, dy, inputTypes, attributes),
    ],
    biasGrad: ({ e, inputs: [dy] }) => [perImage(e, dy)],
    batchNorm: ({ e, inputs: [x, gamma, beta], inputTypes: [type], attributes: { eps } }) => {
      const { mean, variance } = statistics(e, x, type);
      return [normalised(e, [x, gamma, beta, mean, variance], eps), mean, variance];
    },
    normalize: ({ e, inputs, attributes: { eps } }) => [normalised(e, inputs, eps)],
    batchNormGrad: ({ e, inputs, inputTypes: [type], attributes: { eps } }) => normGradients(e, inputs, type, eps),
    pointwiseBatchNorm: ({ e, inputs: [x, w, gamma, beta], outputTypes: [type], attributes: { eps } }) => {
      const y = e.op('Conv', [x, w]);
      const { mean, variance } = statistics(e, y, type);
      return [normalised(e, [y, gamma, beta, mean, variance], eps), mean, variance];
    },
    pointwiseNormalize: ({ e, inputs: [x, w, ...rest], attributes: { eps } }) => [
      normalised(e, [e.op('Conv', [x, w]), ...rest], eps),
    ],
    pointwiseBatchNormGrad: ({ e, inputs: [x, w, gamma, mean, variance, dy], inputTypes, attributes: { eps } }) => {
      const [xType, wType, , , , dyType] = inputTypes;
      const y = e.op('Conv', [x, w]);
      const [d, scale, dgamma, dbeta] = normGradients(e, [y, gamma, mean, variance, dy], dyType, eps);
      const dyRaw = e.op('Mul', [d, perChannel(e, scale)]);
      const plain = { stride: 1, dilation: 1, groups: 1, pad: 0 };
      const size = { height: xType.dims[2], width: xType.dims[3] };
      const dx = inputGradient(e, dyRaw, w, [dyType, wType], { ...plain, ...size });
      const dw = weightGradient(e, x, dyRaw, [xType, dyType], { ...plain, kernel: 1 });
      return [dx, dw, dgamma, dbeta];
    },
    pointwiseNormInputGrad: ({ e, inputs, inputTypes, attributes: { eps } }) => {
      const [x, w, gamma, beta, mean, variance, dy, dbeta, product] = inputs;
      const [xType, wType, , , , , dyType] = inputTypes;
      const inverse = inverseDeviation(e, variance, eps);
      const centred = e.op('Sub', [e.op('Conv', [x, w]), perChannel(e, mean)]);
      const share = e.op('Mul', [inverse, e.scalar(1 / count(dyType))]);
      // gamma dgamma: see pointwiseNorm.ts.
      const along = e.op('Mul', [e.op('Sub', [product, e.op('Mul', [beta, dbeta])]), inverse]);
      const taken = e.op('Add', [
        e.op('Mul', [centred, perChannel(e, e.op('Mul', [along, share]))]),
        perChannel(e, e.op('Mul', [e.op('Mul', [gamma, dbeta]), share])),
      ]);
      const dyRaw = e.op('Sub', [e.op('Mul', [dy, perChannel(e, e.op('Mul', [gamma, inverse]))]), taken]);
      const still = { stride: 1, dilation: 1, groups: 1, pad: 0, height: xType.dims[2], width: xType.dims[3] };
      return [inputGradient(e, dyRaw, w, [dyType, wType], still)];
    },
    channelSums: ({ e, inputs }) => [perImage(e, inputs[0]), perImage(e, e.op('Mul', inputs))],
    scaleByChannel: ({ e, inputs: [x, factor] }) => [e.op('Mul', [x, perChannel(e, factor)])],
    scaleChannels: ({ e, inputs }) => [e.op('Mul', inputs)],
    concat: ({ e, inputs }) => [e.op('Concat', inputs, { axis: 1 })],
    sliceChannels: ({ e, inputs: [x], attributes: { from, to } }) => [
      e.op('Slice', [x, e.ints([from]), e.ints([to]), e.ints([1])]),
    ],
    padChannels: ({ e, inputs: [dy], inputTypes: [type], attributes: { from, channels } }) => [
      e.op('Pad', [dy, e.ints([0, from, 0, 0, 0, channels - from - type.dims[1], 0, 0]), e.scalar(0)]),
    ],
    sumSpatial: ({ e, inputs: [x], inputTypes: [type], attributes: { scale } }) => {
      const mean = e.op('GlobalAveragePool', [x]);
      const factor = scale * type.dims[2] * type.dims[3];
      return [Math.abs(factor - 1) < 1e-9 ? mean : e.op('Mul', [mean, e.scalar(factor)])];
    },
    broadcastSpatial: ({ e, inputs: [x], outputTypes: [type], attributes: { scale } }) => [
      e.op('Expand', [e.op('Mul', [x, e.scalar(scale)]), e.ints(type.dims)]),
    ],
    softmaxCrossEntropy: ({ e, inputs: [logits, targets], inputTypes: [type] }) => {
      const flat = e.reshape(logits, [type.dims[0], type.dims[1]]);
      const products = e.op('Mul', [e.op('LogSoftmax', [flat], { axis: 1 }), targets]);
      const total = e.op('ReduceSum', [products], { keepdims: 0 });
      const loss = e.reshape(e.op('Mul', [total, e.scalar(-1 / type.dims[0])]), [1]);
      return [loss, e.reshape(e.op('Softmax', [flat], { axis: 1 }), type.dims)];
    },
    softmaxCrossEntropyGrad: ({ e, inputs: [probabilities, targets], inputTypes: [type] }) => [
      e.op('Mul', [e.op('Sub', [probabilities, e.reshape(targets, type.dims)]), e.scalar(1 / type.dims[0])]),
    ],
  },
};
