import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/types.ts';
import { verifyGraph } from '../../../src/graph/verify.ts';
import { partDefinition } from '../../../src/search/layers.ts';
import { defineSearchSpace, imageFolder, mbconv } from '../../../src/space/index.ts';
import { backwardGraph, forwardGraph } from '../../../src/training/partGraphs.ts';

const { blocks } = defineSearchSpace({
  name: 'block',
  dataset: imageFolder('images', { classes: 2 }),
  input: [4, 5, 5],
  stem: [],
  stages: [{ width: 4, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 })] }],
  head: {},
  objective: { latency: { targetMs: 1 } },
});
const definition = partDefinition(blocks[0].candidates[0].layers, true);
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
    expect(names(maps.filter(({ forDepthwise }) => forDepthwise))).toEqual(['kept0', 'kept1']);
  });

  it('take it in for the gradients: no convolution runs again', () => {
    const graph = backwardGraph(definition, 2, 'all', true);
    verifyGraph(graph);
    expect(names(graph.inputs)).toEqual(expect.arrayContaining(['kept0', 'kept1', 'kept2']));
    const operators = graph.nodes.map(({ op }) => op);
    expect(operators).not.toContain('conv2d');
    expect(operators).not.toContain('pointwiseNormalize');
  });
});
