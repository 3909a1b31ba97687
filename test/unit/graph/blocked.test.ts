import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { differentiate } from '../../../src/graph/gradients/differentiate.ts';
import { channelBlockedPlanes } from '../../../src/graph/onnx/channelBlocks.ts';
import { channelMajorLowering } from '../../../src/graph/onnx/channelMajor.ts';
import { lowerGraph } from '../../../src/graph/onnx/lower.ts';
import { blockedPlanes, type PlaneKernels } from '../../../src/graph/onnx/planes.ts';
import { decodeModel } from '../../../src/graph/onnx/schema.ts';
import { array, map, type ValueId } from '../../../src/graph/types.ts';
import { partDefinition } from '../../../src/search/layers.ts';
import { defineSearchSpace, imageFolder, mbconv } from '../../../src/space/index.ts';
import { forwardGraph } from '../../../src/training/partGraphs.ts';

/** Depthwise convolution, batch norm and ReLU6, as operators of an ONNX model. */
function operators(kernels: PlaneKernels, batch: number, channels = 8): string[] {
  const g = new GraphBuilder();
  const x = g.input('x', map(batch, channels, 4, 4));
  const how = { stride: 1, dilation: 1, groups: channels, pad: 1 };
  const y = g.add('conv2d', [x, g.input('w', array(channels, 1, 3, 3))], how);
  const [gamma, beta] = [g.input('gamma', array(channels)), g.input('beta', array(channels))];
  const norm = g.add('batchNorm', [y, gamma, beta], { eps: 1e-3 });
  const graph = g.finish([{ name: 'y', value: g.add('relu6', [norm], {}) }]);
  return decodeModel(lowerGraph(graph, channelMajorLowering(kernels)).bytes).graph.node.map(({ opType }) => opType);
}

/** An inverted bottleneck from 8 channels over 24 to 8. */
function bottleneck() {
  const { blocks } = defineSearchSpace({
    name: 'block',
    dataset: imageFolder('images', { classes: 2 }),
    input: [8, 12, 12],
    stem: [],
    stages: [{ width: 8, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 })] }],
    head: {},
    objective: { latency: { targetMs: 1 } },
  });
  return partDefinition(blocks[0].candidates[0].layers, blocks[0].residual);
}

const count = (ops: readonly string[], wanted: string) => ops.filter(op => op === wanted).length;

describe('blocked kernels', () => {
  it('do an activation in the pass that normalises', () => {
    const ops = operators(blockedPlanes(16), 16);
    // The depthwise convolution, the sum of squares, and scale, shift and activation.
    expect(count(ops, 'Conv')).toBe(3);
    expect(count(ops, 'Clip')).toBe(0);
  });

  it('keep maps in their own order through a whole block, 1x1 convolutions included', () => {
    const graph = forwardGraph(bottleneck(), 2);
    const { bytes, inputDims, outputDims } = lowerGraph(graph, channelMajorLowering(channelBlockedPlanes(16)));
    const ops = decodeModel(bytes).graph.node.map(({ opType }) => opType);
    // Between models too, with 8 channels filled up to 16 and 24 to 32.
    expect(inputDims.x).toEqual([2, 16, 12, 12]);
    expect(outputDims).toMatchObject({ y: [2, 16, 12, 12], kept0: [2, 32, 12, 12], kept1: [2, 32, 12, 12] });
    // Of the input for its moments; into order come the weights of three convolutions alone.
    expect(count(ops, 'ReorderOutput')).toBe(1);
    expect(count(ops, 'ReorderInput')).toBe(3);
    expect(count(ops, 'Clip')).toBe(0);
  });

  it('read images as they are, and gather their windows in one pass', () => {
    const g = new GraphBuilder();
    const [x, w] = [g.input('x', map(2, 3, 8, 8)), g.input('w', array(8, 3, 3, 3))];
    const y = g.add('conv2d', [x, w], { stride: 2, dilation: 1, groups: 1, pad: 1 });
    const [dw] = differentiate(g, { value: y, gradient: g.input('dy', map(2, 8, 4, 4)) }, [w]) as ValueId[];
    const outputs = [
      { name: 'y', value: y },
      { name: 'dw', value: dw },
    ];
    const { bytes } = lowerGraph(g.finish(outputs), channelMajorLowering(channelBlockedPlanes(16)));
    const ops = decodeModel(bytes).graph.node.map(({ opType }) => opType);
    expect(count(ops, 'Conv')).toBe(2);
    // Windows are filled up to 28 rows, of which 27 are there.
    expect(count(ops, 'Slice')).toBe(1);
  });

  it('leave a map to the standard operators where its channels cannot be reordered', () => {
    const ops = operators(channelBlockedPlanes(16), 2, 6);
    expect(count(ops, 'ReorderInput')).toBe(0);
  });
});
