import { describe, expect, it } from 'vitest';
import { array, type Graph, map } from '../../../src/graph/types.ts';
import { countOps, verifyGraph } from '../../../src/graph/verify.ts';
import { convNormRelu6, pointwise } from './examples.ts';

function example(): Graph {
  const { g, y } = convNormRelu6(3);
  return g.finish([{ name: 'y', value: y }]);
}

describe('verifyGraph', () => {
  it('accepts what the builder makes', () => {
    expect(() => verifyGraph(example())).not.toThrow();
  });

  it('rejects a use before the definition, naming the node', () => {
    const graph = example();
    const [convolution, norm, relu6] = graph.nodes;
    expect(() => verifyGraph({ ...graph, nodes: [norm, convolution, relu6] })).toThrow(
      'graph: %4 used before its definition (node 0, batchNorm)',
    );
  });

  it('rejects a value whose type is not what its operator gives', () => {
    const graph = example();
    const values = graph.values.with(4, map(2, 3, 3, 4));
    expect(() => verifyGraph({ ...graph, values })).toThrow(/%4 is map\[2,3,3,4\], map\[2,3,3,3\] expected/);
    const kinds = graph.values.with(6, map(3, 1, 1, 1));
    expect(() => verifyGraph({ ...graph, values: kinds })).toThrow(/%6 is map/);
  });

  it('rejects a value that is defined twice', () => {
    const graph = example();
    expect(() => verifyGraph({ ...graph, nodes: [...graph.nodes, graph.nodes[0]] })).toThrow('defined twice');
  });

  it('rejects a missing result and an output that nothing defines', () => {
    const graph = example();
    const nodes = graph.nodes.with(1, { ...graph.nodes[1], outputs: [5] });
    expect(() => verifyGraph({ ...graph, nodes })).toThrow('3 results expected (node 1, batchNorm)');
    expect(() => verifyGraph({ ...graph, outputs: [{ name: 'z', value: 99 }] })).toThrow('output z is not defined');
  });
});

describe('GraphBuilder', () => {
  it('refuses operands that do not fit as the graph grows', () => {
    const { g, x, y } = convNormRelu6(3);
    expect(() => g.add('add', [x, y], {})).toThrow('[2,2,3,3] and [2,3,3,3] differ');
    const w = g.input('narrow', array(3, 1, 1, 1));
    expect(() => g.add('conv2d', [x, w], pointwise)).toThrow('weights [3,1,1,1] in 1 groups on 2 channels');
    expect(() => g.add('sliceChannels', [x], { from: 1, to: 3 })).toThrow('channels 1..3 of 2');
  });
});

describe('countOps', () => {
  it('counts the uses of each operator', () => {
    const { g, y } = convNormRelu6(3);
    const twice = g.add('add', [y, g.add('relu6', [y], {})], {});
    expect(countOps(g.finish([{ name: 'y', value: twice }]))).toEqual({ conv2d: 1, batchNorm: 1, relu6: 2, add: 1 });
  });
});
