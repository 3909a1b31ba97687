import { describe, expect, it } from 'vitest';
import { GraphBuilder, prune } from '../../../src/graph/builder.ts';
import { map } from '../../../src/graph/types.ts';
import { verifyGraph } from '../../../src/graph/verify.ts';

describe('prune', () => {
  it('drops nodes and inputs that no output needs', () => {
    const g = new GraphBuilder();
    const unused = g.input('unused', map(1, 2, 3, 3));
    const x = g.input('x', map(1, 2, 3, 3));
    g.add('add', [unused, x], {});
    const y = g.add('relu', [x], {});
    const graph = g.finish([{ name: 'y', value: y }]);
    expect(graph.inputs.map(input => input.name)).toEqual(['x']);
    expect(graph.nodes.map(node => node.op)).toEqual(['relu']);
    expect(graph.values).toEqual([map(1, 2, 3, 3), map(1, 2, 3, 3)]);
    verifyGraph(graph);
  });

  it('makes equal graphs equal data, whatever was built between', () => {
    const build = (detour: boolean) => {
      const g = new GraphBuilder();
      const x = g.input('x', map(1, 2, 3, 3));
      if (detour) g.add('sigmoid', [g.add('multiply', [x, x], {})], {});
      const low = g.add('relu', [x], {});
      if (detour) g.add('hswish', [low], {});
      return g.finish([{ name: 'y', value: g.add('add', [low, x], {}) }]);
    };
    expect(build(true)).toEqual(build(false));
  });

  it('changes nothing the second time', () => {
    const g = new GraphBuilder();
    const x = g.input('x', map(1, 2, 3, 3));
    const graph = g.finish([{ name: 'y', value: g.add('relu', [x], {}) }]);
    expect(prune(graph)).toEqual(graph);
  });
});

describe('GraphBuilder.from', () => {
  it('continues a graph and leaves the original as it was', () => {
    const g = new GraphBuilder();
    const x = g.input('x', map(1, 2, 3, 3));
    const first = g.finish([{ name: 'y', value: g.add('relu', [x], {}) }]);
    const more = GraphBuilder.from(first);
    const second = more.finish([{ name: 'z', value: more.add('sigmoid', [first.outputs[0].value], {}) }]);
    expect(first.nodes.map(node => node.op)).toEqual(['relu']);
    expect(second.nodes.map(node => node.op)).toEqual(['relu', 'sigmoid']);
  });
});
