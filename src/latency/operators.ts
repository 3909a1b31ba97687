import { blockGraph, signature } from '../space/analysis.ts';
import type { LayerGraph } from '../space/layerGraph.ts';
import type { SearchSpace } from '../space/searchSpace.ts';

/** What of a search space costs time. */
export interface SpaceOperators {
  /** `[block][candidate]`: the operator's signature, its key in the table; undefined for one that costs nothing. */
  keys: (string | undefined)[][];
  /** A graph per distinct key. */
  graphs: Map<string, LayerGraph>;
}

/** The distinct operators of a space: each candidate at its shape, with the block's shortcut where it has one. */
export function spaceOperators(space: SearchSpace): SpaceOperators {
  const graphs = new Map<string, LayerGraph>();
  const keys = space.blocks.map(block =>
    block.candidates.map((_, choice) => {
      const graph = blockGraph(block, choice);
      // Nothing is computed: Zero, whose block vanishes into its shortcut, or an identity.
      if (graph.output < 0) return undefined;
      const key = signature(graph);
      graphs.set(key, graph);
      return key;
    }),
  );
  return { keys, graphs };
}
