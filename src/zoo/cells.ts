import { batchNorm, concat, conv2d, depthwise, pointwise, relu, shift } from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';

/** What NASNet's and DARTS's cells are made of. The activation comes first in all of them. */

export type Norm = (map: MapTensor) => MapTensor;

/** ReLU, 1x1 convolution, batch norm. */
export function reluConvNorm(input: MapTensor, out: number, norm: Norm = batchNorm): MapTensor {
  return norm(pointwise(relu(input), out));
}

/** Separable convolution, applied twice; the first has the stride and leads to `inside` channels. */
export function separable(
  input: MapTensor,
  { kernel, stride, inside, out }: { kernel: number; stride: number; inside: number; out: number },
  norm: Norm = batchNorm,
): MapTensor {
  const first = norm(pointwise(depthwise(relu(input), { kernel, stride }), inside));
  return norm(pointwise(depthwise(relu(first), { kernel }), out));
}

/**
 * Factorised reduction: half of the channels from every other pixel, the other half from those in between, so that
 * halving the map loses no pixel's place altogether.
 */
export function factorisedReduction(input: MapTensor, out: number, norm: Norm = batchNorm): MapTensor {
  const active = relu(input);
  const halves = [active, shift(active, { down: -1, right: -1 })];
  const [even, odd] = halves.map(map => conv2d(map, { out: out / 2, kernel: 1, stride: 2 }));
  return norm(concat(even, odd));
}
