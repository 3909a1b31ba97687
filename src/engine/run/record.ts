import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { z } from 'zod';
import { spaceOperators } from '../../latency/operators.ts';
import { LatencyPredictor } from '../../latency/predictor.ts';
import { checkDevice, type LatencyTable, readTable } from '../../latency/table.ts';
import { targetNamed } from '../../latency/targets/registry.ts';
import type { RunEvent } from '../../protocol/events.ts';
import type { Reporter } from '../reporter.ts';
import type { Derived } from '../search/derive.ts';
import type { RunData, Settings } from '../workspace.ts';
import { loadSettings } from '../workspace.ts';
import { type PlainNormalisation, plainNormalisation } from './modelMetadata.ts';
import { RunStore } from './runStore.ts';

/** `run.json`: everything needed to run again. */
const recordSchema = z.object({
  name: z.string(),
  /** The search-space file as given; its content is kept in the run as well. */
  file: z.string(),
  began: z.string(),
  seed: z.int(),
  targetMs: z.number(),
  epochs: z.int(),
  threads: z.int(),
  dataset: z.object({
    name: z.string(),
    hash: z.string(),
    /** By channel, in the unit pixels are stored in: what a model's images are normalised with. */
    normalisation: z.object({ mean: z.array(z.number()), std: z.array(z.number()) }),
  }),
  versions: z.record(z.string(), z.string()),
  device: z.unknown(),
  schedule: z.unknown(),
  objective: z.unknown(),
});

export type RunRecord = z.infer<typeof recordSchema>;

/** `search.json`: what a search leaves for deriving networks, for this target or others. */
const searchResultSchema = z.object({
  /** By choice block. */
  alphas: z.array(z.array(z.number())),
  targetMs: z.number().positive(),
  seconds: z.number(),
  profileSeconds: z.number(),
  peakRssMb: z.number(),
});

export type SearchResult = z.infer<typeof searchResultSchema>;

/** Weights of the supernet after the search, for deriving again. */
export const CHECKPOINT = 'checkpoints/supernet.safetensors';

const architectureSchema = z.object({
  choices: z.array(z.int()),
  names: z.array(z.string()),
  targetMs: z.number(),
  predictedMs: z.number(),
  measuredMs: z.number(),
});

export function writeRecord(
  store: RunStore,
  { file, space, seed, threads }: Settings,
  data: RunData,
  table: LatencyTable,
): void {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  store.writeJson('run.json', {
    name: space.name,
    file,
    began: new Date().toISOString(),
    seed,
    targetMs: space.objective.latency.targetMs,
    epochs: space.schedule.epochs,
    threads,
    dataset: {
      name: data.dataset.name,
      hash: data.dataset.hash,
      normalisation: plainNormalisation(data.normalisation),
    },
    versions: { 'proxyless-studio': version, node: process.version, runtime: table.device.runtime },
    device: table.device,
    schedule: space.schedule,
    objective: space.objective,
  } satisfies RunRecord);
}

/** A run to go on with. */
export interface OpenedRun {
  store: RunStore;
  settings: Settings;
  predictor: LatencyPredictor;
  table: LatencyTable;
}

/** A run that exists: its settings as it ran, its latency table, its folder. */
export async function openRun(
  folder: string,
  overrides: { targetMs?: number; trainEpochs?: number } = {},
): Promise<OpenedRun & { normalisation: PlainNormalisation }> {
  const store = RunStore.open(folder);
  const record = store.readJson('run.json', 'it is written when a search starts', value => recordSchema.parse(value));
  const { seed, epochs, threads: engineThreads } = record;
  const targetMs = overrides.targetMs ?? record.targetMs;
  const kept = { seed, epochs, threads: engineThreads, targetMs };
  const settings = await loadSettings(store.path('space.nas.ts'), kept, dirname(record.file));
  const table = readTable(store.path('latency.json'));
  const { device, threads, batch } = settings.space.objective.latency;
  // Deriving and training measure again: on another device those figures would stand beside the wrong predictions.
  checkDevice(table, await targetNamed(device).fingerprint({ threads, batch }));
  const { train } = settings.space.schedule;
  const schedule = { ...settings.space.schedule, train: { ...train, epochs: overrides.trainEpochs ?? train.epochs } };
  return {
    store,
    // Paths in the space are relative to where the file was, not to the copy in the run.
    settings: { ...settings, file: record.file, space: { ...settings.space, schedule } },
    predictor: LatencyPredictor.fromTable(table, spaceOperators(settings.space)),
    table,
    normalisation: record.dataset.normalisation,
  };
}

export function writeDerived(store: RunStore, { space }: Settings, derived: Derived): string[] {
  const names = space.blocks.map(({ candidates }, i) => candidates[derived.choices[i]].name);
  const { targetMs } = space.objective.latency;
  store.writeJson('derived/architecture.json', { ...derived, names, targetMs });
  return names;
}

export function readDerived(store: RunStore, { space }: Settings): Derived & { targetMs: number } {
  const check = (value: unknown) => {
    const { names: _, ...derived } = architectureSchema.parse(value);
    const fits = space.blocks.every(({ candidates }, i) => candidates[derived.choices[i]] !== undefined);
    if (!fits || derived.choices.length !== space.blocks.length) throw new Error('not of this space');
    return derived;
  };
  return store.readJson('derived/architecture.json', 'derive the network first (proxyless derive RUN)', check);
}

/** @throws UserError when the search did not end, or was one of another space */
export function readSearch(store: RunStore, { space }: Settings): SearchResult {
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

/** Everything that is told goes on to who asked; events also into the run's log. */
export function loggingTo(store: RunStore, reporter: Reporter): Reporter {
  return {
    ...reporter,
    event(event: RunEvent) {
      store.append(event);
      reporter.event(event);
    },
  };
}
