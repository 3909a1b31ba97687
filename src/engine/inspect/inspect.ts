import { readImportedTable } from '../../latency/imported/importedTable.ts';
import { importedPredictor } from '../../latency/imported/price.ts';
import type { StoredTable } from '../../latency/table.ts';
import { deviceName } from '../../latency/targets/target.ts';
import type { Inspection } from '../../protocol/messages.ts';
import { analyse } from '../../space/analysis.ts';
import { countedCost } from '../../space/budgets.ts';
import { costRange } from '../../space/cost.ts';
import { describeDevice, measuredGoal } from '../../space/devices.ts';
import type { Issue } from '../../space/issues.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { deviceFingerprint } from '../search/profiling.ts';
import { tablePath } from '../search/runLatency.ts';
import {
  absentDevice,
  memoryShortage,
  missingData,
  missingEntries,
  unreachableBudgets,
  unreachableTarget,
} from './checks.ts';
import { findKnownCosts } from './knownCosts.ts';
import { type KnownCosts, viewOf } from './spaceView.ts';

/**
 * What a search space holds, and what would stop a search of it. Nothing is measured, decoded or guessed: latencies are
 * there where a table of this machine has them, or the one that stands for a device of others.
 *
 * @param file where the space stands: its data set is found from there
 * @param tables folder of the latency tables
 */
export async function inspect(space: SearchSpace, file: string, tables: string): Promise<Inspection> {
  const { device, costs, table, issue } = await lookUpLatency(space, file, tables);
  const { architectures, macs, parameters } = analyse(space);
  const latencyMs = costs && latencyRange(costs);
  return {
    view: viewOf(space, device, costs),
    architectures: architectures <= Number.MAX_SAFE_INTEGER ? Number(architectures) : String(architectures),
    macs,
    params: parameters,
    peakActivationBytes: costRange(countedCost(space, 'peakActivationBytes')),
    energyMicrojoules: costRange(countedCost(space, 'energyMicrojoules')),
    latencyMs: latencyMs ?? null,
    table: table ? tableFacts(table) : null,
    warnings: [
      missingData(space, file),
      issue,
      unreachableTarget(space, latencyMs?.min),
      ...unreachableBudgets(space),
      memoryShortage(space),
    ].filter(warning => warning !== undefined),
  };
}

interface KnownLatency {
  /** In words; empty where no latency is asked for. */
  device: string;
  costs?: KnownCosts;
  /** Measured on this machine. */
  table?: StoredTable;
  /** Why nothing can be known. */
  issue?: Issue;
}

async function lookUpLatency(space: SearchSpace, file: string, tables: string): Promise<KnownLatency> {
  const { latency } = space.objective;
  if (!latency) return { device: '' };
  const device = describeDevice(latency.device);
  const goal = measuredGoal(latency);
  try {
    if (!goal) return { device, ...byImportedTable(space, tablePath({ space, file }) as string) };
    const present = await deviceFingerprint(goal.device, goal);
    const known = findKnownCosts(space, present, tables);
    return { device: deviceName(present), costs: known, table: known };
  } catch (error) {
    return { device, issue: absentDevice(space, error) };
  }
}

function byImportedTable(space: SearchSpace, path: string): Pick<KnownLatency, 'costs' | 'issue'> {
  const found = importedPredictor(space, readImportedTable(path));
  return 'missing' in found ? { issue: missingEntries(space, found.missing) } : { costs: found.predictor };
}

/** Of the fastest and the slowest network; undefined where something was not profiled. */
function latencyRange({ costsMs, constantMs }: KnownCosts): { min: number; max: number } | undefined {
  const known = costsMs.map(block => block.filter(cost => cost !== null));
  if (known.some((block, l) => block.length < costsMs[l].length)) return undefined;
  return costRange({ combine: 'sum', constant: constantMs, values: known });
}

function tableFacts({ table, file }: StoredTable): Inspection['table'] {
  return {
    file,
    ageSeconds: Math.max(0, Math.round((Date.now() - Date.parse(table.date)) / 1000)),
    within5pct: table.validation?.within5pct ?? null,
  };
}
