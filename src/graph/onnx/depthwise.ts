import type { Attributes, ValueType } from '../types.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import { type PlaneKernels, type Planes, standardPlanes } from './planes.ts';
import type { LoweringRules } from './rule.ts';
import { spread } from './windows.ts';

type Convolutions = LoweringRules<'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>;

const planesOf = ({ dims: [images, channels, height, width] }: ValueType): Planes => ({
  channels,
  images,
  height,
  width,
});

function isDepthwise(groups: number, channels: number, outputs: number): boolean {
  return groups > 1 && groups === channels && outputs === channels;
}

/**
 * Depthwise convolutions by plane kernels; everything else is left to `others`. Three uses of one operator: forward,
 * input gradient (kernel turned around, gradient spread by the stride) and weight gradient (the output gradient as kernel).
 */
export function depthwiseRules(kernels: PlaneKernels, others: Convolutions): Convolutions {
  /** The reordered kernels need whole blocks of planes; odd sizes go to the standard operator. */
  const pick = ({ channels, images }: Planes) =>
    kernels.planeMultiple && (channels * images) % kernels.planeMultiple !== 0 ? standardPlanes : kernels;
  return {
    conv2d: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [type, wType] = inputTypes;
      if (!isDepthwise(attributes.groups, type.dims[1], wType.dims[0])) return others.conv2d(context);
      const { stride, dilation, pad } = attributes;
      const planes = planesOf(type);
      const { channels, images } = planes;
      const k = pick(planes);
      const weights = k.repeat(e, inputs[1], channels, images, wType.dims[2]);
      const pads: [number, number, number, number] = [pad, pad, pad, pad];
      const y = k.convolve(e, k.load(e, inputs[0], planes), weights, channels * images, { stride, dilation, pads });
      const stored = k.store(e, y, planesOf(outputTypes[0]));
      return [inputs[2] === undefined ? stored : e.op('Add', [stored, inputs[2]])];
    },
    conv2dInputGrad: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [type, wType] = inputTypes;
      const out = outputTypes[0];
      if (!isDepthwise(attributes.groups, out.dims[1], wType.dims[0])) return others.conv2dInputGrad(context);
      return [inputGradient(e, pick(planesOf(type)), inputs, [type, wType, out], attributes)];
    },
    conv2dWeightGrad: context => {
      const { e, inputs, inputTypes, attributes } = context;
      const [type, dyType] = inputTypes;
      if (!isDepthwise(attributes.groups, type.dims[1], dyType.dims[1])) return others.conv2dWeightGrad(context);
      return [weightGradient(e, pick(planesOf(type)), inputs, [type, dyType], attributes)];
    },
  };
}

function inputGradient(
  e: OnnxEmitter,
  kernels: PlaneKernels,
  [dy, w]: readonly TensorName[],
  [type, wType, out]: readonly ValueType[],
  { stride, dilation, pad, height, width }: Attributes['conv2dInputGrad'],
): TensorName {
  const planes = planesOf(type);
  const { channels, images } = planes;
  const kernel = wType.dims[2];
  const area = kernel * kernel;
  const turned = e.op(
    'Gather',
    [e.reshape(w, [channels, area]), e.ints(Array.from({ length: area }, (_, at) => area - 1 - at))],
    { axis: 1 },
  );
  // Spread in the kernels' own format: many lanes innermost make it a copy of whole vectors.
  const lying = [1, (channels * images) / kernels.lanes, planes.height, planes.width, kernels.lanes];
  const apart = spread(e, kernels.load(e, dy, planes), lying, stride);
  const lead = dilation * (kernel - 1) - pad;
  const y = kernels.convolve(
    e,
    e.reshape(apart.tensor, [1, channels * images, apart.rows, apart.columns]),
    kernels.repeat(e, turned, channels, images, kernel),
    channels * images,
    { stride: 1, dilation, pads: [lead, lead, height + pad - apart.rows, width + pad - apart.columns] },
  );
  return kernels.store(e, y, planesOf(out));
}

function weightGradient(
  e: OnnxEmitter,
  kernels: PlaneKernels,
  [x, dy]: readonly TensorName[],
  [type, dyType]: readonly ValueType[],
  { stride, dilation, pad, kernel }: Attributes['conv2dWeightGrad'],
): TensorName {
  const planes = planesOf(type);
  const seen = planesOf(dyType);
  const { channels, images, height, width } = planes;
  // Padding at the far edge such that the result has the kernel's size; where the strides left input unseen it is cut.
  const far = (size: number, out: number) => dilation * (kernel - 1) + stride * (out - 1) + 1 - size - pad;
  const [bottom, right] = [far(height, seen.height), far(width, seen.width)];
  const operand = crop(e, kernels, x, planes, Math.min(0, bottom), Math.min(0, right));
  const asKernels = e.reshape(kernels.load(e, dy, seen), [channels * images, 1, seen.height, seen.width]);
  const y = kernels.convolve(e, operand, asKernels, channels * images, {
    stride: dilation,
    dilation: stride,
    pads: [pad, pad, Math.max(0, bottom), Math.max(0, right)],
  });
  return kernels.gather(e, y, channels, images, kernel);
}

/** Loads planes without their last rows and columns (`rows`, `columns` at or below zero). */
function crop(
  e: OnnxEmitter,
  kernels: PlaneKernels,
  x: TensorName,
  planes: Planes,
  rows: number,
  columns: number,
): TensorName {
  const operand = kernels.load(e, x, planes);
  if (rows === 0 && columns === 0) return operand;
  const { channels, images, height, width } = planes;
  const view = e.reshape(operand, [1, (channels * images) / kernels.lanes, height, width, kernels.lanes]);
  const cut = e.op('Slice', [view, e.ints([0, 0]), e.ints([height + rows, width + columns]), e.ints([2, 3])]);
  return e.reshape(cut, [1, channels * images, height + rows, width + columns]);
}
