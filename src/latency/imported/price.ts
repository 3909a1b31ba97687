import { blockGraph } from '../../space/analysis.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { LatencyPredictor } from '../predictor.ts';
import type { ImportedTable } from './importedTable.ts';
import { type TableKey, tableKeys } from './keys.ts';

/** A network's latency as the sum of a table's entries. */
export interface Price {
  /** Null where the table lacks an entry: nothing is guessed. */
  ms: number | null;
  parts: (TableKey & { ms: number | null })[];
  /** Keys that the table lacks, each once. */
  missing: string[];
}

/** What the network, or one operator of a space, takes on the table's device. */
export function priceOf(graph: LayerGraph, { entries, dialect }: ImportedTable): Price {
  const parts = tableKeys(graph, dialect).map(part => ({ ...part, ms: entries.get(part.key) ?? null }));
  const missing = [...new Set(parts.filter(({ ms }) => ms === null).map(({ key }) => key))];
  const ms = missing.length > 0 ? null : parts.reduce((sum, part) => sum + (part.ms as number), 0);
  return { ms, parts, missing };
}

/**
 * A predictor of all networks of a space on the table's device, whose networks cost nothing besides their operators.
 *
 * @returns the keys instead that the table lacks, each once
 */
export function importedPredictor(
  space: SearchSpace,
  table: ImportedTable,
): { predictor: LatencyPredictor } | { missing: string[] } {
  const prices = space.blocks.map(block =>
    block.candidates.map((_, choice) => priceOf(blockGraph(block, choice), table)),
  );
  const missing = [...new Set(prices.flatMap(block => block.flatMap(price => price.missing)))];
  if (missing.length > 0) return { missing };
  const costs = prices.map(block => block.map(({ ms }) => ms as number));
  return { predictor: new LatencyPredictor(costs, 0) };
}
