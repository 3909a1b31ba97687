import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ImportedTable, readImportedTable } from '../../latency/imported/importedTable.ts';
import { importedPredictor } from '../../latency/imported/price.ts';
import { spaceOperators } from '../../latency/operators.ts';
import { LatencyPredictor } from '../../latency/predictor.ts';
import { summarise } from '../../latency/summary.ts';
import { checkDevice, type LatencyTable, readTable } from '../../latency/table.ts';
import { deviceName } from '../../latency/targets/target.ts';
import { describeDevice, measuredGoal } from '../../space/devices.ts';
import { SpaceError } from '../../space/issues.ts';
import type { LatencyGoal } from '../../space/searchSpace.ts';
import { missingEntries } from '../inspect/checks.ts';
import type { Reporter } from '../reporter.ts';
import type { RunStore } from '../run/runStore.ts';
import type { Settings } from '../workspace.ts';
import { deviceFingerprint, profileSpace } from './profiling.ts';

/** What is known of latency in a run that asks for one: measured on a device at hand, or by a table of others. */
export interface RunLatency {
  predictor: LatencyPredictor;
  /** The device in words; of a table, that nothing was measured. */
  device: string;
  /** Undefined by a table of others. */
  measured?: LatencyTable;
  /** Undefined where it was measured. */
  imported?: ImportedTable;
}

/** How it came to be known, for the run's start. */
export interface FoundLatency extends RunLatency {
  /** Whether it was there already. */
  reused: boolean;
  seconds: number;
  /** What a person should know of it, a line each. */
  summary: string[];
  /** Keeps it in a run. */
  store(run: RunStore): void;
}

/**
 * Measures the operators of the space, or reads the table that stands for its device.
 * @returns undefined where no latency is asked for
 * @throws SpaceError when the table lacks an operator of the space
 */
export async function findLatency(settings: Settings, asked: Reporter): Promise<FoundLatency | undefined> {
  const { space, seed } = settings;
  const goal = measuredGoal(space.objective.latency);
  if (goal) {
    const began = performance.now();
    const { table, predictor, reused } = await profileSpace(space, goal.device, asked, { seed });
    return {
      ...fromTable(table, predictor),
      reused,
      seconds: reused ? 0 : (performance.now() - began) / 1000,
      summary: summarise(table),
      store: run => run.writeJson('latency.json', table),
    };
  }
  const path = tablePath(settings);
  if (path === undefined) return undefined;
  const latency = fromImported(settings, readImportedTable(path));
  return {
    ...latency,
    reused: true,
    seconds: 0,
    summary: [`Latencies are predicted by the table of ${latency.imported.name}, not measured.`],
    store: run => run.writeFile('latency.yaml', readFileSync(path)),
  };
}

/** What a run was started with, from its folder; its device need not be at hand. */
export async function keptLatency(store: RunStore, settings: Settings): Promise<RunLatency | undefined> {
  const { space } = settings;
  if (measuredGoal(space.objective.latency)) {
    const table = readTable(store.path('latency.json'));
    return fromTable(table, LatencyPredictor.fromTable(table, spaceOperators(space)));
  }
  if (tablePath(settings) === undefined) return undefined;
  return fromImported(settings, readImportedTable(store.path('latency.yaml')));
}

/** The same to go on with. @throws UserError when its device is not at hand any more */
export async function storedLatency(store: RunStore, settings: Settings): Promise<RunLatency | undefined> {
  const latency = await keptLatency(store, settings);
  const goal = measuredGoal(settings.space.objective.latency);
  // Deriving and training measure again: on another device those figures would stand beside the wrong predictions.
  if (goal && latency?.measured) checkDevice(latency.measured, await deviceFingerprint(goal.device, goal));
  return latency;
}

/** Where the table of others is that stands for the space's device, if one does. */
export function tablePath({ space, file }: Pick<Settings, 'space' | 'file'>): string | undefined {
  const device = space.objective.latency?.device;
  return device?.target === 'table' ? resolve(dirname(resolve(file)), device.file) : undefined;
}

function fromTable(table: LatencyTable, predictor: LatencyPredictor): RunLatency {
  return { predictor, device: deviceName(table.device), measured: table };
}

function fromImported({ space }: Settings, imported: ImportedTable): RunLatency & { imported: ImportedTable } {
  const found = importedPredictor(space, imported);
  if ('missing' in found) throw new SpaceError([missingEntries(space, found.missing)]);
  // In a run its file has another name.
  const { device } = space.objective.latency as LatencyGoal;
  return { predictor: found.predictor, device: describeDevice(device), imported };
}
