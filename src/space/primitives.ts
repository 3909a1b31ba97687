import type { LayerAttributes, LayerOp, MapShape } from './layerGraph.ts';
import { formatShape } from './signature.ts';
import { append, fail, MapTensor } from './trace.ts';

/** Published ProxylessNAS batch-norm settings. */
export const batchNormDefaults = { eps: 1e-3, momentum: 0.1 } as const;

export interface ConvolutionOptions {
  /** Channels out. */
  out: number;
  /** Side of the square kernel, odd. */
  kernel: number;
  stride?: number;
  dilation?: number;
  groups?: number;
  bias?: boolean;
}

/** 2-d convolution: `[C, H, W] -> [out, ceil(H / stride), ceil(W / stride)]`, padded with zeros. */
export function conv2d(input: MapTensor, options: ConvolutionOptions): MapTensor {
  check('conv2d', input);
  known('conv2d', input, options, ['out', 'kernel', 'stride', 'dilation', 'groups', 'bias']);
  const { out, kernel, stride = 1, dilation = 1, groups = 1, bias = false } = options;
  for (const [name, value] of Object.entries({ out, kernel, stride, dilation, groups }))
    count('conv2d', input, name, value);
  if (kernel % 2 === 0) {
    fail(input, `conv2d has the even kernel ${kernel}.`, `Use an odd one, such as ${kernel + 1}, which has a centre.`);
  }
  if (input.channels % groups !== 0 || out % groups !== 0) {
    fail(
      input,
      `conv2d cannot split ${input.channels} channels in and ${out} out into ${groups} groups.`,
      'Use a number of groups that divides both.',
    );
  }
  const [height, width] = shrink('conv2d', input, stride);
  return append(
    { op: 'conv2d', attributes: { out, kernel, stride, dilation, groups, bias } },
    [input],
    [out, height, width],
  );
}

/** Depthwise convolution, one kernel per channel: `[C, H, W] -> [C, ceil(H / stride), ceil(W / stride)]`. */
export function depthwise(input: MapTensor, options: Omit<ConvolutionOptions, 'out' | 'groups'>): MapTensor {
  check('depthwise', input);
  known('depthwise', input, options, ['kernel', 'stride', 'dilation', 'bias']);
  return conv2d(input, { ...options, out: input.channels, groups: input.channels });
}

/** 1x1 convolution: `[C, H, W] -> [out, H, W]`. */
export function pointwise(input: MapTensor, out: number, options: Pick<ConvolutionOptions, 'bias'> = {}): MapTensor {
  check('pointwise', input);
  known('pointwise', input, options, ['bias']);
  return conv2d(input, { ...options, out, kernel: 1 });
}

/** Batch normalisation with learned scale and shift. */
export function batchNorm(input: MapTensor, options: Partial<LayerAttributes['batchNorm']> = {}): MapTensor {
  check('batchNorm', input);
  known('batchNorm', input, options, ['eps', 'momentum']);
  const attributes = { ...batchNormDefaults, ...options };
  if (!(attributes.eps > 0)) fail(input, `batchNorm needs eps above 0, not ${attributes.eps}.`);
  if (!(attributes.momentum > 0 && attributes.momentum <= 1)) {
    fail(input, `batchNorm needs a momentum above 0 and at most 1, not ${attributes.momentum}.`);
  }
  return append({ op: 'batchNorm', attributes }, [input], input.shape);
}

/** `max(x, 0)` */
export const relu = elementwise('relu');
/** `min(max(x, 0), 6)` */
export const relu6 = elementwise('relu6');
/** `x * relu6(x + 3) / 6` (MobileNetV3) */
export const hswish = elementwise('hswish');
/** `relu6(x + 3) / 6` (MobileNetV3) */
export const hsigmoid = elementwise('hsigmoid');
/** `1 / (1 + exp(-x))` */
export const sigmoid = elementwise('sigmoid');

/** `x * sigmoid(x)` (also known as SiLU) */
export function swish(input: MapTensor): MapTensor {
  return multiply(input, sigmoid(input));
}

/** Sum of two maps of one shape. */
export function add(left: MapTensor, right: MapTensor): MapTensor {
  check('add', left);
  check('add', right, left);
  if (!sameShape(left.shape, right.shape)) {
    fail(left, `add needs two maps of one shape, not ${formatShape(left.shape)} and ${formatShape(right.shape)}.`);
  }
  return append({ op: 'add', attributes: {} }, [left, right], left.shape);
}

/** `left * right`: maps of one shape, or `right` a gate per channel `[C, 1, 1]`. */
export function multiply(left: MapTensor, right: MapTensor): MapTensor {
  check('multiply', left);
  check('multiply', right, left);
  if (!sameShape(left.shape, right.shape) && !sameShape([left.channels, 1, 1], right.shape)) {
    fail(
      left,
      `multiply cannot join ${formatShape(left.shape)} and ${formatShape(right.shape)}.`,
      `The second must have the first's shape or be a gate per channel, ${left.channels}x1x1.`,
    );
  }
  return append({ op: 'multiply', attributes: {} }, [left, right], left.shape);
}

/** Joins two or more maps of one height and width along their channels. */
export function concat(...inputs: MapTensor[]): MapTensor {
  check('concat', inputs[0]);
  const [first] = inputs;
  for (const input of inputs) check('concat', input, first);
  if (inputs.length < 2) fail(first, 'concat needs two or more maps.');
  if (inputs.some(({ height, width }) => height !== first.height || width !== first.width)) {
    const shapes = inputs.map(input => formatShape(input.shape)).join(', ');
    fail(first, `concat needs maps of one height and width, not ${shapes}.`);
  }
  const channels = inputs.reduce((total, input) => total + input.channels, 0);
  return append({ op: 'concat', attributes: {} }, inputs, [channels, first.height, first.width]);
}

/** Mean over a window; padding `floor((kernel - 1) / 2)`, pixels outside are not counted. */
export function avgPool(input: MapTensor, options: LayerAttributes['avgPool']): MapTensor {
  return pool('avgPool', input, options);
}

/** Largest value in a window; padding `floor((kernel - 1) / 2)`. */
export function maxPool(input: MapTensor, options: LayerAttributes['maxPool']): MapTensor {
  return pool('maxPool', input, options);
}

/**
 * Moves the map down and to the right by whole pixels (up and to the left where negative): what leaves it is lost, zeros
 * come in. In front of a stride it chooses which pixels are kept.
 */
export function shift(input: MapTensor, options: LayerAttributes['shift']): MapTensor {
  check('shift', input);
  known('shift', input, options, ['down', 'right']);
  const { down, right } = options;
  for (const [name, pixels, side] of [['down', down, input.height] as const, ['right', right, input.width] as const]) {
    if (Number.isInteger(pixels) && Math.abs(pixels) < side) continue;
    fail(input, `shift needs a whole number of fewer than ${side} pixels as "${name}", not ${pixels}.`);
  }
  return append({ op: 'shift', attributes: { down, right } }, [input], input.shape);
}

/** Mean over height and width: `[C, H, W] -> [C, 1, 1]`. */
export function globalAvgPool(input: MapTensor): MapTensor {
  check('globalAvgPool', input);
  return append({ op: 'globalAvgPool', attributes: {} }, [input], [input.channels, 1, 1]);
}

/** Fully connected layer with bias: `[C, 1, 1] -> [out, 1, 1]`. */
export function linear(input: MapTensor, out: number): MapTensor {
  check('linear', input);
  count('linear', input, 'out', out);
  if (input.height * input.width !== 1) {
    fail(
      input,
      `linear needs a vector, not a map of ${formatShape(input.shape)}.`,
      'Put globalAvgPool in front of it.',
    );
  }
  return append({ op: 'linear', attributes: { out } }, [input], [out, 1, 1]);
}

/** Inverted dropout, active in training only. `rate` is the share of numbers set to zero. */
export function dropout(input: MapTensor, rate: number): MapTensor {
  check('dropout', input);
  if (!(rate >= 0 && rate < 1)) fail(input, `dropout needs a rate from 0 to below 1, not ${rate}.`);
  return rate === 0 ? input : append({ op: 'dropout', attributes: { rate } }, [input], input.shape);
}

/**
 * Squeeze-and-excitation (Hu et al. 2018) with MobileNetV3's hard sigmoid as gate: the map's channel means through two
 * 1x1 convolutions, back onto the map.
 *
 * @param reduction channels of the map to channels between the two convolutions
 */
export function squeezeExcite(input: MapTensor, reduction = 4): MapTensor {
  check('squeezeExcite', input);
  if (!(reduction >= 1)) fail(input, `squeezeExcite needs a reduction of at least 1, not ${reduction}.`);
  const squeezed = relu(
    pointwise(globalAvgPool(input), Math.max(1, Math.round(input.channels / reduction)), { bias: true }),
  );
  return multiply(input, hsigmoid(pointwise(squeezed, input.channels, { bias: true })));
}

function elementwise(op: 'relu' | 'relu6' | 'hswish' | 'hsigmoid' | 'sigmoid') {
  return (input: MapTensor): MapTensor => {
    check(op, input);
    return append({ op, attributes: {} }, [input], input.shape);
  };
}

function pool(op: 'avgPool' | 'maxPool', input: MapTensor, options: LayerAttributes['avgPool']): MapTensor {
  check(op, input);
  known(op, input, options, ['kernel', 'stride']);
  const { kernel, stride } = options;
  count(op, input, 'kernel', kernel);
  count(op, input, 'stride', stride);
  if (kernel > Math.min(input.height, input.width)) {
    fail(input, `${op} ${kernel}x${kernel} is larger than the map of ${formatShape(input.shape)}.`);
  }
  const padding = Math.floor((kernel - 1) / 2);
  const size = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  const [height, width] = [size(input.height), size(input.width)];
  return append({ op, attributes: { kernel, stride } }, [input], [input.channels, height, width]);
}

function shrink(op: LayerOp, input: MapTensor, stride: number): [number, number] {
  if (stride > Math.min(input.height, input.width)) {
    fail(
      input,
      `${op} has stride ${stride} on a map of ${formatShape(input.shape)}.`,
      'Use fewer or smaller strides before it.',
    );
  }
  return [Math.ceil(input.height / stride), Math.ceil(input.width / stride)];
}

function check(op: string, input: unknown, beside?: MapTensor): asserts input is MapTensor {
  if (input instanceof MapTensor) return;
  const message = `${op} needs a feature map, not ${input === null ? 'null' : typeof input}.`;
  if (beside) fail(beside, message);
  // Without a map there is no operator to point at, but the error's own stack leads to the call.
  throw new TypeError(message);
}

function known(op: string, input: MapTensor, options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    fail(input, `${op} takes its options as an object with ${names.join(', ')}.`);
  }
  const stranger = Object.keys(options).find(name => !names.includes(name));
  if (stranger) fail(input, `${op} has no option "${stranger}".`, `It has ${names.join(', ')}.`);
}

function count(op: string, input: MapTensor, name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1) {
    fail(input, `${op} needs a whole number of at least 1 as "${name}", not ${String(value)}.`);
  }
}

function sameShape(left: MapShape, right: MapShape): boolean {
  return left.every((size, axis) => size === right[axis]);
}
