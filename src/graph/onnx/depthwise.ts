import { isDepthwise } from '../shapes.ts';
import type { Attributes, ValueType } from '../types.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import { type Planes, planesOf } from './passes.ts';
import { type Convolutions, type PlaneConvolution, type PlaneKernels, standardPlanes } from './planes.ts';
import { padAxes, spread } from './windows.ts';

/**
 * Depthwise convolutions by plane kernels; everything else is left to `others`. Three uses of one operator: forward,
 * input gradient (kernel turned around, gradient spread by the stride) and weight gradient (the output gradient as kernel).
 */
export function depthwiseRules(kernels: PlaneKernels, others: Convolutions): Convolutions {
  /** What the kernels cannot take goes to the standard operator. */
  const pick = (planes: Planes) => (kernels.accepts?.(planes) === false ? standardPlanes : kernels);
  return {
    conv2d: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [type, wType] = inputTypes;
      if (!isDepthwise(attributes.groups, type.dims[1], wType.dims[0])) return others.conv2d(context);
      const { stride, dilation, pad } = attributes;
      const planes = planesOf(type);
      const k = pick(planes);
      const weights = k.repeat(e, inputs[1], planes, wType.dims[2]);
      const x = k.load(e, inputs[0], planes);
      const operand = surround(e, k, x, planes, [pad, pad, pad, pad], stride === 1 && isNarrow(planes, 2 * pad));
      const how = { stride, dilation, pads: operand.pads };
      const y = k.convolve(e, operand.x, weights, k.shape(planes)[1], how);
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
  const { channels } = planes;
  const kernel = wType.dims[2];
  const area = kernel * kernel;
  const turned = e.op(
    'Gather',
    [e.reshape(w, [channels, area]), e.ints(Array.from({ length: area }, (_, at) => area - 1 - at))],
    { axis: 1 },
  );
  // Spread in the kernels' own format: many lanes innermost make it a copy of whole vectors.
  const { tensor, rows, columns } = spread(e, kernels.load(e, dy, planes), lying(kernels, planes), stride);
  const lead = dilation * (kernel - 1) - pad;
  const sides: Sides = [lead, lead, height + pad - rows, width + pad - columns];
  const apart = { ...planes, height: rows, width: columns };
  const operand = surround(e, kernels, tensor, apart, sides, isNarrow(apart, sides[1] + sides[3]));
  const weights = kernels.repeat(e, turned, planes, kernel);
  const how = { stride: 1, dilation, pads: operand.pads };
  const y = kernels.convolve(e, operand.x, weights, kernels.shape(planes)[1], how);
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
  const [outer, inner] = kernels.shape(planes);
  // Padding at the far edge such that the result has the kernel's size; where the strides left input unseen it is cut.
  const far = (size: number, out: number) => dilation * (kernel - 1) + stride * (out - 1) + 1 - size - pad;
  const sides: Sides = [pad, pad, far(planes.height, seen.height), far(planes.width, seen.width)];
  // Most columns of a result this small see the border, where the blocked kernels go one by one: up to twice as slow.
  const operand = surround(e, kernels, kernels.load(e, x, planes), planes, sides, true);
  const count = outer * inner;
  const x1 = e.reshape(operand.x, [1, count, operand.height, operand.width]);
  const asKernels = e.reshape(kernels.load(e, dy, seen), [count, 1, seen.height, seen.width]);
  const how = { stride: dilation, dilation: stride, pads: operand.pads };
  return kernels.gather(e, kernels.convolve(e, x1, asKernels, count, how), planes, kernel);
}

type Sides = PlaneConvolution['pads'];

/**
 * Whether zeros beside a map pay for the pass that puts them there: 5x5 over 8 columns takes 0.7 of the time with them, 7x7 over
 * 14 0.8, but 5x5 over 14 0.97 and 3x3 over 7 1.4.
 */
function isNarrow({ width }: Planes, border: number): boolean {
  return 3 * border >= width && border > 2;
}

/** An operand's shape in memory. */
function lying({ lanes, shape }: PlaneKernels, planes: Planes): number[] {
  const [outer, inner, height, width] = shape(planes);
  return [1, (outer * inner) / lanes, height, width, lanes];
}

/**
 * Zeros around an operand: as the kernels go, or those beside it `beforehand`, by a pass of its own where there is a fast one;
 * above and below the kernels themselves are as fast. Where something is to be cut off (sides below 0), all by a Pad.
 */
function surround(
  e: OnnxEmitter,
  kernels: PlaneKernels,
  x: TensorName,
  planes: Planes,
  sides: Sides,
  beforehand: boolean,
): { x: TensorName; height: number; width: number; pads: Sides } {
  const [outer, inner, height, width] = kernels.shape(planes);
  const [top, left, bottom, right] = sides;
  const operand = (tensor: TensorName, rows: number, columns: number, pads: Sides) => ({
    x: e.reshape(tensor, [outer, inner, rows, columns]),
    height: rows,
    width: columns,
    pads,
  });
  if (sides.some(side => side < 0)) {
    const within = padAxes(e, e.reshape(x, lying(kernels, planes)), 5, sides);
    return operand(within, top + height + bottom, left + width + right, [0, 0, 0, 0]);
  }
  if (!beforehand || !kernels.border || left + right === 0) return operand(x, height, width, sides);
  const within = kernels.border(e, x, kernels.shape(planes), [left, right]);
  return operand(within, height, left + width + right, [top, 0, bottom, 0]);
}
