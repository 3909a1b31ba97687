import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/types.ts';
import { verifyGraph } from '../../../src/graph/verify.ts';
import { partDefinition } from '../../../src/search/layers.ts';
import { conv, defineSearchSpace, imageFolder, mbconv, type Operator } from '../../../src/space/index.ts';
import { backwardGraph, forwardGraph } from '../../../src/training/partGraphs.ts';

/** A block of one candidate on maps of 4 channels. */
function partOf(candidate: Operator, width: number) {
  const { blocks } = defineSearchSpace({
    name: 'block',
    dataset: imageFolder('images', { classes: 2 }),
    input: [4, 5, 5],
    stem: [],
    stages: [{ width, depth: 1, candidates: [candidate] }],
    head: {},
    objective: { latency: { targetMs: 1 } },
  });
  return partDefinition(blocks[0].candidates[0].layers, width === 4);
}
const definition = partOf(mbconv({ kernel: 3, expand: 3 }), 4);
const names = (values: Graph['inputs']) => values.map(({ name }) => name);

describe('graphs of a part', () => {
  it('give out what is costly to compute: the map behind the first activation and what the other two norms start from', () => {
    const graph = forwardGraph(definition, 2);
    verifyGraph(graph);
    const maps = graph.outputs.filter(({ value }) => graph.values[value].kind === 'map');
    expect(maps.map(({ name, value }) => [name, ...graph.values[value].dims])).toEqual([
      ['y', 2, 4, 5, 5],
      ['kept0', 2, 12, 5, 5],
      ['kept1', 2, 12, 5, 5],
      ['kept2', 2, 4, 5, 5],
    ]);
  });

  it('take it in for the gradients: no convolution runs again', () => {
    const graph = backwardGraph(definition, 2, 'all', true);
    verifyGraph(graph);
    expect(names(graph.inputs)).toEqual(expect.arrayContaining(['kept0', 'kept1', 'kept2']));
    const operators = graph.nodes.map(({ op }) => op);
    expect(operators).not.toContain('conv2d');
    expect(operators).not.toContain('pointwiseNormalize');
  });

  it('do not give out the result twice, where it is behind the first activation itself', () => {
    const widening = partOf(conv({ kernel: 1 }), 8);
    const outputs = (graph: Graph) => names(graph.outputs.filter(({ value }) => graph.values[value].kind === 'map'));
    expect(outputs(forwardGraph(widening, 3))).toEqual(['y']);
    expect(names(backwardGraph(widening, 3, 'all', false).inputs)).not.toContain('kept0');
  });
});
