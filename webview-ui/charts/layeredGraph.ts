import type { OperatorGraph } from '../../src/protocol/spaceView.ts';

/** A node's column and row; columns are counted from the middle, so that half ones and negative ones occur. */
export interface GridPlace {
  column: number;
  row: number;
}

export interface LayeredGraph {
  /** The input first, then the graph's nodes. */
  places: GridPlace[];
  /** The places that an edge goes through, from its source to its target. */
  edges: GridPlace[][];
  rows: number;
  columns: number;
}

/** Rounds of putting nodes in the order of their neighbours; a few are enough for some dozen nodes. */
const ROUNDS = 6;

/**
 * Places a graph in rows after Sugiyama, Tagawa and Toda (1981): each node a row below the lowest of its inputs, edges
 * over several rows through a place of their own in each, and in a row every place near the mean of its neighbours.
 */
export function layOut(graph: OperatorGraph): LayeredGraph {
  const rowOf = [0];
  for (const { inputs } of graph) rowOf.push(1 + Math.max(...inputs.map(from => rowOf[from + 1])));
  const places = rowOf.map((row): GridPlace => ({ column: 0, row }));
  const edges = graph.flatMap(({ inputs }, i) => inputs.map(from => route(places[from + 1], places[i + 1])));

  const rows: GridPlace[][] = Array.from({ length: Math.max(...rowOf) + 1 }, () => []);
  for (const place of new Set([...places, ...edges.flat()])) rows[place.row].push(place);
  const above = neighbours(edges, 1, 0);
  const below = neighbours(edges, 0, 1);
  for (const row of rows) spread(row);
  for (let round = 0; round < ROUNDS; round++) {
    const down = round % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) order(row, down ? above : below);
  }
  return { places, edges, rows: rows.length, columns: Math.max(...rows.map(({ length }) => length)) };
}

/** From one place to another, with a new one in every row between. */
function route(from: GridPlace, to: GridPlace): GridPlace[] {
  const between = Array.from({ length: to.row - from.row - 1 }, (_, i) => ({ column: 0, row: from.row + 1 + i }));
  return [from, ...between, to];
}

/** By place, those that are joined to it: with `of` 1 and `by` 0 the ones above, the other way round the ones below. */
function neighbours(edges: readonly GridPlace[][], of: 0 | 1, by: 0 | 1): Map<GridPlace, GridPlace[]> {
  const found = new Map<GridPlace, GridPlace[]>();
  for (const edge of edges) {
    for (let i = 0; i + 1 < edge.length; i++) {
      const place = edge[i + of];
      found.set(place, [...(found.get(place) ?? []), edge[i + by]]);
    }
  }
  return found;
}

/** Puts a row in the order of its neighbours' mean columns. */
function order(row: GridPlace[], joined: ReadonlyMap<GridPlace, readonly GridPlace[]>): void {
  const mean = (place: GridPlace) => {
    const others = joined.get(place) ?? [];
    return others.length === 0 ? place.column : others.reduce((sum, { column }) => sum + column, 0) / others.length;
  };
  const means = new Map(row.map(place => [place, mean(place)]));
  row.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
  spread(row);
}

/** One column apart, around the middle. */
function spread(row: readonly GridPlace[]): void {
  for (const [i, place] of row.entries()) place.column = i - (row.length - 1) / 2;
}
