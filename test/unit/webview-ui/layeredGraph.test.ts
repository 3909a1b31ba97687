import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { OperatorGraph } from '../../../src/protocol/spaceView.ts';
import { layOut } from '../../../webview-ui/charts/layeredGraph.ts';

const node = (...inputs: number[]) => ({ name: 'node', inputs });

/** Graphs of up to 14 nodes, each with one to three earlier ones as its inputs. */
function randomGraph(seed: number): OperatorGraph {
  const random = new Random(seed, 'graph');
  return Array.from({ length: 1 + random.below(14) }, (_, i) =>
    node(...Array.from({ length: 1 + random.below(3) }, () => random.below(i + 1) - 1)),
  );
}

const graphs = Array.from({ length: 50 }, (_, seed) => randomGraph(seed));

describe('layOut', () => {
  it('puts a chain below its input in one column', () => {
    expect(layOut([node(-1), node(0)]).places).toEqual([
      { column: 0, row: 0 },
      { column: 0, row: 1 },
      { column: 0, row: 2 },
    ]);
  });

  it('puts branches beside each other, and where they join between them', () => {
    const { places, rows, columns } = layOut([node(-1), node(-1), node(0, 1)]);
    expect(places.slice(1)).toEqual([
      { column: -0.5, row: 1 },
      { column: 0.5, row: 1 },
      { column: 0, row: 2 },
    ]);
    expect([rows, columns]).toEqual([3, 2]);
  });

  it('uncrosses what need not cross', () => {
    // The left one of a pair leads to the right one of the next.
    const { edges } = layOut([node(-1), node(-1), node(1), node(0), node(2, 3)]);
    const [left, right] = [edges[2], edges[3]].map(([from, to]) => Math.sign(from.column) === Math.sign(to.column));
    expect([left, right]).toEqual([true, true]);
  });

  it('lets every edge go down one row at a time, past all other nodes', () => {
    for (const graph of graphs) {
      const { places, edges } = layOut(graph);
      const free = new Set(edges.flatMap(edge => edge.slice(1, -1)));
      for (const edge of edges) expect(edge.map(({ row }) => row)).toEqual(edge.map((_, i) => edge[0].row + i));
      expect(places.filter(place => free.has(place))).toEqual([]);
    }
  });

  it('gives every place its own', () => {
    for (const graph of graphs) {
      const { places, edges, columns } = layOut(graph);
      const all = [...new Set([...places, ...edges.flat()])];
      expect(new Set(all.map(({ column, row }) => `${column} ${row}`)).size).toBe(all.length);
      expect(Math.max(...all.map(({ column }) => Math.abs(column)))).toBeLessThanOrEqual((columns - 1) / 2);
    }
  });
});
