import { UserError } from '../base/errors.ts';
import { TensorFile } from '../export/tensorFile.ts';
import type { Metrics } from '../protocol/metrics.ts';
import { createOrtRuntime } from '../runtime/ort/ortRuntime.ts';
import { sideBySideFor } from '../search/sideBySide.ts';
import { Supernet } from '../search/supernet.ts';
import { WeightFile } from '../search/weightFile.ts';
import { searchThreads, trainBesideSearch } from './contest/besideSearch.ts';
import { trainAndReport } from './contest/report.ts';
import type { Reporter } from './reporter.ts';
import { allowedAlphas, type OpenedRun, readDerived, readSearch, SUPERNET } from './run/record.ts';
import type { RunStore } from './run/runStore.ts';
import type { Derived } from './search/derive.ts';
import { deriveAndStore } from './search/deriveRun.ts';
import { runSearch, type SearchStand } from './search/searching.ts';
import { type RunData, type Settings, withTarget } from './workspace.ts';

/** The stages of a run after profiling: each leaves files that the next one starts from, in this process or another. */

/** A supernet with its start weights; those that a step does not need are on the disk of the run's folder. */
export async function freshSupernet(settings: Settings, { folder }: RunStore): Promise<SearchStand> {
  const { space, seed } = settings;
  const runtime = await createOrtRuntime({ threads: searchThreads(settings), sideBySide: sideBySideFor(space) });
  return { runtime, supernet: new Supernet(runtime, space, seed, new WeightFile(folder)) };
}

/** What is at hand where the search was done by this very process. */
interface AfterSearch {
  /** The searched supernet. */
  stand?: SearchStand;
  /** The end of what still runs beside it. */
  beside?: Promise<void>;
}

/** The search from where it stands, and all stages after it. */
export async function searchOn(
  stand: SearchStand,
  run: OpenedRun,
  data: RunData,
  reporter: Reporter,
): Promise<{ summary: string; metrics: Metrics }> {
  const { store, settings } = run;
  const { supernet } = stand;
  reporter.event({ type: 'stage', stage: 'search' });
  reporter.note(`search runs on ${stand.runtime.description}`);
  const baseline = trainBesideSearch(run, data, reporter);
  const spent = await runSearch(stand, run, data, reporter);
  const { alphas, locked, banned } = supernet.architectureState;
  const targetMs = settings.space.objective.latency?.targetMs;
  store.writeTensors(SUPERNET, () => supernet.tensors());
  store.writeJson('search.json', { alphas, locked, banned, targetMs, profileSeconds: run.profileSeconds, ...spent });
  return deriveOn(run, data, reporter, { stand, beside: baseline });
}

/** The derivation from a search that is done, and the training. */
export async function deriveOn(
  run: OpenedRun,
  data: RunData,
  reporter: Reporter,
  after?: AfterSearch,
): Promise<{ summary: string; metrics: Metrics }> {
  await deriveAgain(run, data, reporter, after);
  return trainOn(run, data, reporter);
}

/** The derivation alone. */
export async function deriveAgain(
  run: OpenedRun,
  data: RunData,
  reporter: Reporter,
  { stand, beside }: AfterSearch = {},
): Promise<Derived> {
  const { runtime, supernet } = stand ?? (await searchedSupernet(run.store, run.settings));
  const alphas = allowedAlphas(readSearch(run.store, run.settings));
  const derived = await deriveAndStore(run, alphas, { supernet, runtime, beside }, data, reporter);
  // Where nothing had to be measured it may still be at work.
  await beside;
  await runtime.dispose();
  supernet.close();
  return derived;
}

/** Training of the derived network and its baselines, and the report. */
export async function trainOn(
  run: OpenedRun,
  data: RunData,
  reporter: Reporter,
): Promise<{ summary: string; metrics: Metrics }> {
  const { store, settings } = run;
  const { targetMs, ...derived } = readDerived(store, settings);
  const { space } = settings;
  // The target it was derived for, which may not be the one of the search.
  const objective = targetMs === undefined ? space.objective : withTarget(space.objective, targetMs);
  const opened = { ...run, settings: { ...settings, space: { ...space, objective } } };
  const result = await trainAndReport(opened, data, derived, readSearch(store, settings), reporter);
  reporter.event({ type: 'done' });
  return result;
}

/** The supernet as a search left it. @throws UserError when its weights are missing, damaged or of another space */
async function searchedSupernet(store: RunStore, settings: Settings): Promise<SearchStand> {
  const stand = await freshSupernet(settings, store);
  const file = store.path(SUPERNET);
  const fits = TensorFile.use(file, tensors => stand.supernet.restore(tensors));
  if (!fits) throw new UserError('the weights are not of this search space: start the search again', { file });
  return stand;
}
