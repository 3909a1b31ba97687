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
const convolutions = (graph: Graph) =>
  graph.nodes.filter(({ op }) => op === 'conv2d').map(({ outputs }) => graph.values[outputs[0]].dims);

describe('graphs of a part', () => {
  it('give out what normalisation starts from where it is no larger than the result, and no wide map', () => {
    const graph = forwardGraph(definition, 2);
    verifyGraph(graph);
    const maps = graph.outputs.filter(({ value }) => graph.values[value].kind === 'map');
    expect(names(maps)).toEqual(['y', 'kept2']);
    expect(graph.values[maps[1].value].dims).toEqual([2, 4, 5, 5]);
  });

  it('take it in for the gradients: of the convolutions only the depthwise one runs again', () => {
    const graph = backwardGraph(definition, 2, 'all', true);
    verifyGraph(graph);
    expect(names(graph.inputs)).toContain('kept2');
    expect(convolutions(graph)).toEqual([[2, 12, 5, 5]]);
  });
});
