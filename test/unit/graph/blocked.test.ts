import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { channelMajorLowering } from '../../../src/graph/onnx/channelMajor.ts';
import { lowerGraph } from '../../../src/graph/onnx/lower.ts';
import { blockedPlanes, type PlaneKernels, reorderedPlanes } from '../../../src/graph/onnx/planes.ts';
import { decodeModel } from '../../../src/graph/onnx/schema.ts';
import { array, type Graph, map } from '../../../src/graph/types.ts';

/** Depthwise convolution, batch norm and ReLU6 on 8 channels, as operators of an ONNX model. */
function operators(kernels: PlaneKernels, batch: number): string[] {
  const g = new GraphBuilder();
  const x = g.input('x', map(batch, 8, 4, 4));
  const how = { stride: 1, dilation: 1, groups: 8, pad: 1 };
  const y = g.add('conv2d', [x, g.input('w', array(8, 1, 3, 3))], how);
  const norm = g.add('batchNorm', [y, g.input('gamma', array(8)), g.input('beta', array(8))], { eps: 1e-3 });
  const graph = g.finish([{ name: 'y', value: g.add('relu6', [norm], {}) }]);
  return decodeModel(lowerGraph(graph, channelMajorLowering(kernels)).bytes).graph.node.map(({ opType }) => opType);
}

const count = (ops: readonly string[], wanted: string) => ops.filter(op => op === wanted).length;

describe('blocked kernels', () => {
  it('do an activation in the pass that normalises', () => {
    const ops = operators(blockedPlanes(16), 16);
    // The depthwise convolution, the sum of squares, and scale, shift and activation.
    expect(count(ops, 'Conv')).toBe(3);
    expect(count(ops, 'Clip')).toBe(0);
  });

  it('keep maps in their own order from a depthwise convolution to the activation', () => {
    const ops = operators(reorderedPlanes(16), 2);
    expect(count(ops, 'ReorderInput')).toBe(1);
    expect(count(ops, 'ReorderOutput')).toBe(1);
    expect(count(ops, 'Clip')).toBe(0);
  });

  it('hand a map from one model to another in their order', () => {
    const lower = (graph: Graph) => {
      const { bytes, inputDims, outputDims } = lowerGraph(graph, channelMajorLowering(reorderedPlanes(16)));
      return { ops: decodeModel(bytes).graph.node.map(({ opType }) => opType), inputDims, outputDims };
    };
    const [type, how] = [map(2, 8, 4, 4), { stride: 1, dilation: 1, groups: 8, pad: 1 }];
    const forward = new GraphBuilder();
    const x = forward.input('x', type);
    const y = forward.add('conv2d', [x, forward.input('w', array(8, 1, 3, 3))], how);
    const given = lower(forward.finish([{ name: 'kept', value: y, forDepthwise: true }]));
    expect(given.outputDims).toEqual({ kept: [1, 16, 4, 4] });
    expect(count(given.ops, 'ReorderOutput')).toBe(0);

    const backward = new GraphBuilder();
    const kept = backward.input('kept', type, { forDepthwise: true });
    const gradient = backward.add('conv2dWeightGrad', [kept, backward.input('dy', type)], { ...how, kernel: 3 });
    const taken = lower(backward.finish([{ name: 'gradient', value: gradient }]));
    expect(taken.inputDims.kept).toEqual([1, 16, 4, 4]);
    // Of the gradient alone.
    expect(count(taken.ops, 'ReorderInput')).toBe(1);
  });
});
