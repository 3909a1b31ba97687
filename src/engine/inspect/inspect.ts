import type { StoredTable } from '../../latency/table.ts';
import { deviceName } from '../../latency/targets/target.ts';
import type { Inspection } from '../../protocol/messages.ts';
import { analyse } from '../../space/analysis.ts';
import { describeDevice } from '../../space/devices.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { deviceFingerprint } from '../search/profiling.ts';
import { absentDevice, memoryShortage, missingData, unreachableTarget } from './checks.ts';
import { findKnownCosts } from './knownCosts.ts';
import { type KnownCosts, viewOf } from './spaceView.ts';

/**
 * What a search space holds, and what would stop a search of it. Nothing is measured, decoded or guessed: latencies are
 * there where a table of this machine has them.
 *
 * @param file where the space stands: its data set is found from there
 * @param tables folder of the latency tables
 */
export async function inspect(space: SearchSpace, file: string, tables: string): Promise<Inspection> {
  const { device, threads, batch } = space.objective.latency;
  const found = await deviceFingerprint(device, { threads, batch }).catch((error: unknown) =>
    absentDevice(space, error),
  );
  const present = 'processor' in found ? found : undefined;
  const known = present && findKnownCosts(space, present, tables);
  const { architectures, macs, parameters } = analyse(space);
  const latencyMs = known && latencyRange(known);
  return {
    view: viewOf(space, present ? deviceName(present) : describeDevice(device), known),
    architectures: architectures <= Number.MAX_SAFE_INTEGER ? Number(architectures) : String(architectures),
    macs,
    params: parameters,
    latencyMs: latencyMs ?? null,
    table: known ? tableFacts(known) : null,
    warnings: [
      missingData(space, file),
      'message' in found ? found : undefined,
      unreachableTarget(space, latencyMs?.min),
      memoryShortage(space),
    ].filter(warning => warning !== undefined),
  };
}

/** Of the fastest and the slowest network; undefined where something was not profiled. */
function latencyRange({ costsMs, constantMs }: KnownCosts): { min: number; max: number } | undefined {
  const range = { min: constantMs, max: constantMs };
  for (const block of costsMs) {
    const costs = block.filter(cost => cost !== null);
    if (costs.length < block.length) return undefined;
    range.min += Math.min(...costs);
    range.max += Math.max(...costs);
  }
  return range;
}

function tableFacts({ table, file }: StoredTable): Inspection['table'] {
  return {
    file,
    ageSeconds: Math.max(0, Math.round((Date.now() - Date.parse(table.date)) / 1000)),
    within5pct: table.validation?.within5pct ?? null,
  };
}
