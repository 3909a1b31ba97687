import { GraphBuilder } from '../../../src/graph/builder.ts';
import { array, map, type ValueId } from '../../../src/graph/types.ts';

/** Convolution without padding or groups, for 1x1 kernels. */
export const pointwise = { stride: 1, dilation: 1, groups: 1, pad: 0 };

/** 1x1 convolution, batch norm, ReLU6 on two images of 2x3x3, with `out` channels. */
export function convNormRelu6(out: number): { g: GraphBuilder; x: ValueId; w: ValueId; y: ValueId } {
  const g = new GraphBuilder();
  const x = g.input('x', map(2, 2, 3, 3));
  const w = g.input('w', array(out, 2, 1, 1));
  const gamma = g.input('gamma', array(out));
  const beta = g.input('beta', array(out));
  const wide = g.add('conv2d', [x, w], pointwise);
  const y = g.add('relu6', [g.add('batchNorm', [wide, gamma, beta], { eps: 1e-3 })], {});
  return { g, x, w, y };
}
