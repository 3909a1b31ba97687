import { spaceOperators } from '../../latency/operators.ts';
import { deviceTables, operatorCost, type StoredTable } from '../../latency/table.ts';
import type { Fingerprint } from '../../latency/targets/target.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { KnownCosts } from './spaceView.ts';

/**
 * What tables measured on this device say of a space. While a person edits, a space soon has an operator that no table
 * has; the table that has most of them then still tells of the others.
 *
 * @param folder where tables are kept
 */
export function findKnownCosts(
  space: SearchSpace,
  device: Fingerprint,
  folder: string,
): (KnownCosts & StoredTable & { complete: boolean }) | undefined {
  const { keys, graphs } = spaceOperators(space);
  const signatures = [...graphs.keys()];
  const covered = ({ table }: StoredTable) => signatures.filter(key => Object.hasOwn(table.entries, key)).length;
  // Sorting keeps the order of equals: the newest first.
  const [best] = deviceTables(folder, device)
    .map(stored => ({ stored, count: covered(stored) }))
    .sort((a, b) => b.count - a.count);
  if (!best || best.count === 0) return undefined;
  const { table } = best.stored;
  const cost = (key: string | undefined) => {
    if (key === undefined) return 0;
    return Object.hasOwn(table.entries, key) ? operatorCost(table, key) : null;
  };
  return {
    ...best.stored,
    costsMs: keys.map(block => block.map(cost)),
    constantMs: table.constantMs,
    complete: best.count === signatures.length,
  };
}
