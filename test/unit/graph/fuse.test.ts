import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { fusePointwiseBatchNorm } from '../../../src/graph/fuse.ts';
import { array, elements, type Graph, map } from '../../../src/graph/types.ts';
import { verifyGraph } from '../../../src/graph/verify.ts';
import { evaluate } from '../../numeric/reference.ts';
import { convNormRelu6, pointwise } from './examples.ts';

const ops = (graph: Graph) => graph.nodes.map(node => node.op);

/** A convolution on images of 2x3x3 to four channels, and batch norm behind it. */
function convNorm(kernel: number, how: typeof pointwise, bias = false, images = 2): Graph {
  const g = new GraphBuilder();
  const x = g.input('x', map(images, 2, 3, 3));
  const w = g.input('w', array(4, 2 / how.groups, kernel, kernel));
  const y = g.add('conv2d', bias ? [x, w, g.input('b', array(4))] : [x, w], how);
  const norm = g.add('batchNorm', [y, g.input('gamma', array(4)), g.input('beta', array(4))], { eps: 1e-3 });
  return g.finish([{ name: 'y', value: norm }]);
}

describe('fusePointwiseBatchNorm', () => {
  it('joins a 1x1 convolution to twice the channels with the batch norm behind it', () => {
    const { g, y } = convNormRelu6(4);
    const fused = fusePointwiseBatchNorm(g.finish([{ name: 'y', value: y }]));
    verifyGraph(fused);
    expect(ops(fused)).toEqual(['pointwiseBatchNorm', 'relu6']);
  });

  it('joins it with a normalisation by stored statistics too', () => {
    const g = new GraphBuilder();
    const x = g.input('x', map(2, 2, 3, 3));
    const wide = g.add('conv2d', [x, g.input('w', array(4, 2, 1, 1))], pointwise);
    const stored = ['gamma', 'beta', 'mean', 'variance'].map(name => g.input(name, array(4)));
    const y = g.add('normalize', [wide, ...stored], { eps: 1e-3 });
    const fused = fusePointwiseBatchNorm(g.finish([{ name: 'y', value: y }]));
    verifyGraph(fused);
    expect(ops(fused)).toEqual(['pointwiseNormalize']);
  });

  it('keeps the results and the statistics', () => {
    const { g, y } = convNormRelu6(5);
    const norm = g.nodes.find(node => node.op === 'batchNorm')!;
    const [, mean, variance] = norm.outputs;
    const graph = g.finish([
      { name: 'y', value: y },
      { name: 'mean', value: mean },
      { name: 'variance', value: variance },
    ]);
    const random = new Random(1);
    const inputs = Object.fromEntries(
      graph.inputs.map(({ name, value }) => [
        name,
        Float64Array.from({ length: elements(graph.values[value]) }, () => random.normal()),
      ]),
    );
    const fused = fusePointwiseBatchNorm(graph);
    expect(ops(fused)).toContain('pointwiseBatchNorm');
    expect(evaluate(fused, inputs)).toEqual(evaluate(graph, inputs));
  });

  it('leaves a convolution that does not widen, on too few places for its covariance, whose wide output is used again, or that is not a plain 1x1', () => {
    const { g: narrow, y } = convNormRelu6(3);
    const { g: shared, y: out } = convNormRelu6(4);
    const wide = shared.nodes[0].outputs[0];
    const graphs = [
      narrow.finish([{ name: 'y', value: y }]),
      shared.finish([
        { name: 'y', value: out },
        { name: 'wide', value: wide },
      ]),
      convNorm(3, { ...pointwise, pad: 1 }),
      convNorm(1, { ...pointwise, stride: 2 }),
      convNorm(1, { ...pointwise, groups: 2 }),
      convNorm(1, { ...pointwise, pad: 1 }),
      convNorm(1, pointwise, true),
      convNorm(1, pointwise, false, 1),
    ];
    for (const graph of graphs) expect(fusePointwiseBatchNorm(graph)).toEqual(graph);
  });
});
