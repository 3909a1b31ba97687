import { z } from 'zod';
import {
  type FixedOptions,
  fixedFields,
  kernelSide,
  makeOperator,
  type Operator,
  type OperatorContext,
} from './operator.ts';
import {
  add,
  batchNorm,
  conv2d,
  depthwise,
  hswish,
  pointwise,
  relu,
  relu6,
  squeezeExcite,
  swish,
} from './primitives.ts';
import type { MapTensor } from './trace.ts';

const activations = { relu, relu6, hswish, swish };

/** After a batch normalisation. */
export type Activation = keyof typeof activations;

/** Schema of an activation's name. */
export const activationName = z.enum(['relu', 'relu6', 'hswish', 'swish']);

/** Batch normalisation, then the activation. */
export function normalised(input: MapTensor, activation: Activation): MapTensor {
  return activations[activation](batchNorm(input));
}

export interface MbconvOptions extends FixedOptions {
  /** Side of the depthwise kernel, odd. */
  kernel: number;
  /** Channels inside to channels in. */
  expand: number;
  /** `relu6` unless said. */
  activation?: Activation;
  /** Squeeze-and-excitation after the depthwise convolution: true, or its reduction (4). */
  squeezeExcite?: boolean | number;
}

const mbconvSchema = z.strictObject({
  kernel: kernelSide,
  expand: z.number().min(1).max(32),
  activation: activationName.default('relu6'),
  squeezeExcite: z
    .union([z.boolean(), z.number().min(1)], { error: 'give true, false or a reduction of at least 1.' })
    .default(false),
  ...fixedFields,
});

/**
 * Mobile inverted bottleneck (Sandler et al. 2018): 1x1 to `expand` times the channels, depthwise, 1x1 without activation. The
 * first 1x1 is left out at `expand: 1`.
 */
export function mbconv(options: MbconvOptions): Operator {
  return makeOperator('mbconv', mbconvSchema, options, ({ kernel, expand, activation, squeezeExcite: squeeze }) => ({
    name: named(
      `mbconv ${kernel}x${kernel} e${expand}`,
      activation !== 'relu6' && activation,
      squeeze !== false && 'se',
    ),
    build({ input, out, stride }) {
      const wide = Math.round(input.channels * expand);
      const expanded = expand === 1 ? input : normalised(pointwise(input, wide), activation);
      const filtered = normalised(depthwise(expanded, { kernel, stride }), activation);
      const gated = squeeze ? squeezeExcite(filtered, squeeze === true ? 4 : squeeze) : filtered;
      return batchNorm(pointwise(gated, out));
    },
  }));
}

export interface ConvOptions extends FixedOptions {
  /** Side of the kernel, odd. */
  kernel: number;
  /** Distance of the kernel's taps, 1 unless said. */
  dilation?: number;
  /** Parts the channels are split into, 1 unless said. */
  groups?: number;
  /** `relu6` unless said. */
  activation?: Activation;
}

const convSchema = z.strictObject({
  kernel: kernelSide,
  dilation: z.int().positive().max(32).default(1),
  groups: z.int().positive().default(1),
  activation: activationName.default('relu6'),
  ...fixedFields,
});

/** Convolution, batch norm, activation. */
export function conv(options: ConvOptions): Operator {
  return makeOperator('conv', convSchema, options, ({ kernel, dilation, groups, activation }) => ({
    name: named(
      `conv ${kernel}x${kernel}`,
      dilation > 1 && `d${dilation}`,
      groups > 1 && `g${groups}`,
      activation !== 'relu6' && activation,
    ),
    build: ({ input, out, stride }) => normalised(conv2d(input, { out, kernel, stride, dilation, groups }), activation),
  }));
}

/** Depthwise separable convolution as in MobileNet: depthwise and 1x1, batch norm and activation after each. */
export function sepconv(options: Omit<ConvOptions, 'groups'>): Operator {
  return makeOperator('sepconv', convSchema.omit({ groups: true }), options, ({ kernel, dilation, activation }) => ({
    name: named(`sepconv ${kernel}x${kernel}`, dilation > 1 && `d${dilation}`, activation !== 'relu6' && activation),
    build({ input, out, stride }) {
      const filtered = normalised(depthwise(input, { kernel, stride, dilation }), activation);
      return normalised(pointwise(filtered, out), activation);
    },
  }));
}

export interface ResidualOptions extends FixedOptions {
  /** Side of the kernel, odd. */
  kernel: number;
  /** Channels inside to channels out: 1 unless said for `basic`, 1/4 for `bottleneck`. */
  widthRatio?: number;
  /** `relu` unless said. */
  activation?: Activation;
}

const residualSchema = z.strictObject({
  kernel: kernelSide,
  widthRatio: z.number().positive().max(16).optional(),
  activation: activationName.default('relu'),
  ownShortcut: z.literal(true),
  ...fixedFields,
});

/** ResNet's basic block (He et al. 2016): two convolutions, with its own shortcut. */
export function basic(options: ResidualOptions): Operator {
  return residual('basic', 1, options, ({ input, out, stride }, kernel, inside, activation) =>
    conv2d(normalised(conv2d(input, { out: inside, kernel, stride }), activation), { out, kernel }),
  );
}

/** ResNet's bottleneck block (He et al. 2016): 1x1, convolution (which has the stride), 1x1, with its own shortcut. */
export function bottleneck(options: ResidualOptions): Operator {
  return residual('bottleneck', 0.25, options, ({ input, out, stride }, kernel, inside, activation) => {
    const narrow = normalised(pointwise(input, inside), activation);
    return pointwise(normalised(conv2d(narrow, { out: inside, kernel, stride }), activation), out);
  });
}

function residual(
  kind: string,
  usualRatio: number,
  options: ResidualOptions,
  branch: (context: OperatorContext, kernel: number, inside: number, activation: Activation) => MapTensor,
): Operator {
  const describe = ({ kernel, widthRatio = usualRatio, activation }: z.output<typeof residualSchema>) => ({
    name: named(`${kind} ${kernel}x${kernel} w${widthRatio}`, activation !== 'relu' && activation),
    build(context: OperatorContext) {
      const { input, out, stride } = context;
      const inside = Math.max(1, Math.round(out * widthRatio));
      const fits = stride === 1 && input.channels === out;
      // Where the identity does not fit, ResNet's projection: 1x1 with the stride.
      const shortcut = fits ? input : batchNorm(conv2d(input, { out, kernel: 1, stride }));
      return activations[activation](add(batchNorm(branch(context, kernel, inside, activation)), shortcut));
    },
  });
  return makeOperator(kind, residualSchema, { ...options, ownShortcut: true }, describe);
}

/**
 * The Zero operator of ProxylessNAS: the block vanishes into its shortcut, so that depth is searched too. Left out of
 * blocks that have no shortcut.
 */
export function zero(): Operator {
  return skip('zero');
}

/** The block does nothing: depth as a choice where blocks carry their own shortcut. Left out where the shape changes. */
export function identity(): Operator {
  return skip('identity');
}

function skip(kind: 'zero' | 'identity'): Operator {
  return makeOperator(kind, z.object({}), {}, () => ({ name: kind, build: ({ input }) => input }), kind);
}

function named(...parts: (string | false)[]): string {
  return parts.filter(Boolean).join(' ');
}
