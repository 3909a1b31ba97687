import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { type Energy, energySchema } from '../../protocol/energy.ts';
import type { RunEvent } from '../../protocol/events.ts';
import { isAllowed } from '../../search/restrictions.ts';
import { budgetsOf } from '../../space/budgets.ts';
import type { Asked, Reporter } from '../reporter.ts';
import type { Derived } from '../search/derive.ts';
import type { Limits } from '../search/limits.ts';
import { type RunLatency, storedLatency } from '../search/runLatency.ts';
import type { RunData, Settings } from '../workspace.ts';
import { loadSettings } from '../workspace.ts';
import { plainNormalisation } from './modelMetadata.ts';
import { RunStore } from './runStore.ts';

/** `run.json`: everything needed to run again. */
const recordSchema = z.object({
  name: z.string(),
  /** The search-space file as given; its content is kept in the run as well. */
  file: z.string(),
  began: z.string(),
  seed: z.int(),
  /** Where a latency is asked for. */
  targetMs: z.number().optional(),
  epochs: z.int(),
  threads: z.int(),
  dataset: z.object({
    name: z.string(),
    hash: z.string(),
    /** By channel, in the unit pixels are stored in: what a model's images are normalised with. */
    normalisation: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
  }),
  versions: z.record(z.string(), z.string()),
  /** What profiling took in this run; nothing where the table was there already. */
  profileSeconds: z.number().optional(),
  device: z.unknown().optional(),
  schedule: z.unknown(),
  objective: z.unknown(),
});

export type RunRecord = z.infer<typeof recordSchema>;

/** `search.json`: what a search leaves for deriving networks, for this target or others. */
const searchResultSchema = z.object({
  /** By choice block. */
  alphas: z.array(z.array(z.number())),
  /** What a person restricted, by choice block; networks that are derived keep to it. */
  locked: z.array(z.int().nullable()).optional(),
  banned: z.array(z.array(z.int())).optional(),
  targetMs: z.number().positive().optional(),
  seconds: z.number(),
  profileSeconds: z.number(),
  peakRssMb: z.number(),
});

export type SearchResult = z.infer<typeof searchResultSchema>;

/** Weights of the supernet after the search, for deriving again. */
export const SUPERNET = 'checkpoints/supernet.safetensors';

const architectureSchema = z.object({
  choices: z.array(z.int()),
  names: z.array(z.string()),
  targetMs: z.number().optional(),
  predictedMs: z.number().optional(),
  measuredMs: z.number().optional(),
  references: z.array(z.object({ choices: z.array(z.int()), measuredMs: z.number() })).optional(),
});

export function writeRecord(
  store: RunStore,
  { file, space, seed, threads }: Settings,
  data: RunData,
  latency: RunLatency | undefined,
  profileSeconds: number,
): void {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  store.writeJson('run.json', {
    name: space.name,
    file,
    began: new Date().toISOString(),
    seed,
    targetMs: space.objective.latency?.targetMs,
    epochs: space.schedule.epochs,
    threads,
    dataset: {
      name: data.dataset.name,
      hash: data.dataset.hash,
      normalisation: plainNormalisation(data.normalisation),
    },
    versions: {
      'proxyless-studio': version,
      node: process.version,
      ...(latency?.measured ? { runtime: latency.measured.device.runtime } : {}),
    },
    profileSeconds,
    device: latency?.measured?.device ?? (latency && { processor: latency.device }),
    schedule: space.schedule,
    objective: space.objective,
  } satisfies RunRecord);
}

/** A run to go on with. */
export interface OpenedRun {
  store: RunStore;
  settings: Settings;
  /** Undefined where none is asked for. */
  latency?: RunLatency;
  profileSeconds: number;
}

/** What the networks of a run have to keep. */
export function limitsOf({ settings: { space }, latency }: Pick<OpenedRun, 'settings' | 'latency'>): Limits {
  const goal = space.objective.latency;
  return {
    latency: latency && goal && { predictor: latency.predictor, targetMs: goal.targetMs },
    budgets: budgetsOf(space),
  };
}

/**
 * A run that exists: its settings as it ran, what is known of its latency, its folder.
 *
 * @param latencyOf how that is read: `keptLatency` where nothing is to be measured on its device
 */
export async function openRun(
  folder: string,
  overrides: { targetMs?: number; trainEpochs?: number } = {},
  latencyOf: typeof storedLatency = storedLatency,
): Promise<OpenedRun & Pick<RunRecord, 'dataset'>> {
  const store = RunStore.open(folder);
  const record = store.readJson('run.json', 'it is written when a search starts', value => recordSchema.parse(value));
  const { seed, epochs, threads: engineThreads } = record;
  const targetMs = overrides.targetMs ?? record.targetMs;
  const kept = { seed, epochs, threads: engineThreads, targetMs };
  const settings = await loadSettings(store.path('space.nas.ts'), kept, dirname(record.file));
  const latency = await latencyOf(store, settings);
  const { train } = settings.space.schedule;
  const schedule = {
    ...settings.space.schedule,
    train: { ...train, epochs: overrides.trainEpochs ?? train.epochs },
  };
  return {
    store,
    // Paths in the space are relative to where the file was, not to the copy in the run.
    settings: { ...settings, file: record.file, space: { ...settings.space, schedule } },
    latency,
    profileSeconds: record.profileSeconds ?? 0,
    dataset: record.dataset,
  };
}

export function writeDerived(store: RunStore, { space }: Settings, derived: Derived): string[] {
  const names = space.blocks.map(({ candidates }, i) => candidates[derived.choices[i]].name);
  const targetMs = space.objective.latency?.targetMs;
  store.writeJson('derived/architecture.json', { ...derived, names, targetMs });
  return names;
}

export function readDerived(store: RunStore, { space }: Settings): Derived & { targetMs?: number } {
  const check = (value: unknown) => {
    const { names: _, ...derived } = architectureSchema.parse(value);
    const fits = space.blocks.every(({ candidates }, i) => candidates[derived.choices[i]] !== undefined);
    if (!fits || derived.choices.length !== space.blocks.length) throw new Error('not of this space');
    return derived;
  };
  return store.readJson('derived/architecture.json', 'derive the network first (proxyless derive RUN)', check);
}

/** @throws UserError when the search did not end, or was one of another space */
export function readSearch(store: RunStore, { space }: Pick<Settings, 'space'>): SearchResult {
  const choices = space.blocks.filter(({ candidates }) => candidates.length > 1);
  return store.readJson('search.json', 'it is written when a search ends; start the search again', value => {
    const result = searchResultSchema.parse(value);
    const fits =
      choices.length === result.alphas.length &&
      choices.every(({ candidates }, i) => candidates.length === result.alphas[i].length);
    if (!fits) throw new Error('not of this space');
    return result;
  });
}

/** Architecture parameters by choice block; -Infinity for candidates that a person locked out or banned. */
export function allowedAlphas({ alphas, locked, banned }: SearchResult): number[][] {
  if (!locked || !banned) return alphas;
  const restrictions = { locked, banned };
  return alphas.map((row, block) =>
    row.map((alpha, i) => (isAllowed(restrictions, block, i) ? alpha : Number.NEGATIVE_INFINITY)),
  );
}

/** Has a run to this process alone; what is told from now on goes on to who asked, events into the run's log as well. */
export function loggingTo(store: RunStore, asked: Asked): Reporter {
  store.take();
  asked.tookBefore(energyTold(store));
  asked.run(store.folder, store.log.lines);
  const event = (event: RunEvent) => asked.logged(store.append(withEnergy(event, asked)));
  asked.control.log = told => {
    try {
      event(told);
    } catch (error) {
      // A disk that is full: the work finds out by itself, at its next event.
      if (!(error instanceof UserError)) throw error;
    }
  };
  return { ...asked, event };
}

/** What a run had taken when its log told last. */
export function energyTold({ log }: RunStore): Energy | undefined {
  try {
    return energySchema.parse(JSON.parse(log.lastWith('"energy":') ?? '').energy);
  } catch {
    // A run of an earlier version, or one that has hardly begun.
    return undefined;
  }
}

/** Events that tell what the run has taken: the search's keyframes, its stages, and ends. */
function withEnergy(event: RunEvent, { energy }: Asked): RunEvent {
  switch (event.type) {
    case 'stage':
    case 'keyframe':
    case 'trained':
    case 'stopped':
    case 'done':
      return { ...event, energy: energy() };
    default:
      return event;
  }
}
