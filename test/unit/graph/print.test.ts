import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../src/graph/gradients/differentiate.ts';
import { printGraph } from '../../../src/graph/print.ts';
import type { ValueId } from '../../../src/graph/types.ts';
import { convNormRelu6 } from './examples.ts';

describe('printGraph', () => {
  it('writes inputs, nodes and outputs one a line, in order, with types and attributes', () => {
    const { g, y } = convNormRelu6(3);
    expect(printGraph(g.finish([{ name: 'y', value: y }]))).toBe(
      [
        'input x = %0: map[2, 2, 3, 3]',
        'input w = %1: array[3, 2, 1, 1]',
        'input gamma = %2: array[3]',
        'input beta = %3: array[3]',
        '%4: map[2, 3, 3, 3] = conv2d(%0, %1) {stride=1 dilation=1 groups=1 pad=0}',
        '%5: map[2, 3, 3, 3], %6: array[3], %7: array[3] = batchNorm(%4, %2, %3) {eps=0.001}',
        '%8: map[2, 3, 3, 3] = relu6(%5)',
        'output y = %8',
      ].join('\n'),
    );
  });

  it('shows a gradient graph with only what the gradient asked for needs', () => {
    const { g, w, y } = convNormRelu6(3);
    const dy = g.input('dy', g.type(y));
    const [dw] = differentiate(g, { value: y, gradient: dy }, [w]) as ValueId[];
    expect(printGraph(g.finish([{ name: 'dw', value: dw }]))).toBe(
      [
        'input x = %0: map[2, 2, 3, 3]',
        'input w = %1: array[3, 2, 1, 1]',
        'input gamma = %2: array[3]',
        'input beta = %3: array[3]',
        'input dy = %4: map[2, 3, 3, 3]',
        '%5: map[2, 3, 3, 3] = conv2d(%0, %1) {stride=1 dilation=1 groups=1 pad=0}',
        '%6: map[2, 3, 3, 3], %7: array[3], %8: array[3] = batchNorm(%5, %2, %3) {eps=0.001}',
        '%9: map[2, 3, 3, 3] = relu6(%6)',
        '%10: map[2, 3, 3, 3] = relu6Grad(%9, %4)',
        '%11: map[2, 3, 3, 3], %12: array[3], %13: array[3], %14: array[3] = batchNormGrad(%5, %2, %7, %8, %10) {eps=0.001}',
        '%15: array[3, 2, 1, 1] = conv2dWeightGrad(%0, %11) {stride=1 dilation=1 groups=1 pad=0 kernel=1}',
        '%16: array[3, 2, 1, 1] = scaleFilters(%15, %12)',
        'output dw = %16',
      ].join('\n'),
    );
  });
});
