import type { Activation } from '../space/operators.ts';
import { normalised } from '../space/operators.ts';
import {
  add,
  batchNorm,
  type ConvolutionOptions,
  conv2d,
  depthwise,
  dropout,
  globalAvgPool,
  linear,
  pointwise,
} from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';

/** Classes of ImageNet. */
const CLASSES = 1000;

/** Convolution, batch norm, activation. */
export function convolution(input: MapTensor, options: ConvolutionOptions, activation: Activation): MapTensor {
  return normalised(conv2d(input, options), activation);
}

export interface Bottleneck {
  kernel: number;
  /** Channels inside. */
  mid: number;
  out: number;
  stride: number;
  activation: Activation;
  /** Put onto the map behind the depthwise convolution. */
  gate?: (map: MapTensor) => MapTensor;
}

/**
 * Mobile inverted bottleneck (Sandler et al., arXiv 1801.04381): 1x1 to `mid` channels (none where there are as many already),
 * depthwise, 1x1 without activation; the shortcut wherever the shape is kept.
 */
export function bottleneck(input: MapTensor, { kernel, mid, out, stride, activation, gate }: Bottleneck): MapTensor {
  const wide = mid === input.channels ? input : normalised(pointwise(input, mid), activation);
  const filtered = normalised(depthwise(wide, { kernel, stride }), activation);
  const narrow = batchNorm(pointwise(gate ? gate(filtered) : filtered, out));
  return stride === 1 && out === input.channels ? add(narrow, input) : narrow;
}

/** Mean over the places, dropout, one linear layer to ImageNet's classes. */
export function classifier(input: MapTensor, dropoutRate = 0): MapTensor {
  return linear(dropout(globalAvgPool(input), dropoutRate), CLASSES);
}

/** The nearest multiple of 8 that loses at most a tenth: how the MobileNets round widths. */
export function roundedWidth(wished: number): number {
  const rounded = Math.max(8, Math.floor((wished + 4) / 8) * 8);
  return rounded < 0.9 * wished ? rounded + 8 : rounded;
}
