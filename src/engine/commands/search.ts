import { totalmem } from 'node:os';
import { UserError } from '../../base/errors.ts';
import { peakRssMb } from '../../base/memory.ts';
import { encodeTensors } from '../../export/safetensors.ts';
import { summarise } from '../../latency/summary.ts';
import { createOrtRuntime } from '../../runtime/ort/ortRuntime.ts';
import { Supernet } from '../../search/supernet.ts';
import { analyse } from '../../space/analysis.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { trainAndReport } from '../contest/report.ts';
import type { Reporter } from '../reporter.ts';
import { CHECKPOINT, loggingTo, type SearchResult, writeRecord } from '../run/record.ts';
import { RunStore } from '../run/runStore.ts';
import { deriveAndStore } from '../search/deriveRun.ts';
import { checkTarget, profileSpace } from '../search/profiling.ts';
import { runSearch } from '../search/searching.ts';
import { folders, loadSettings, openRunData } from '../workspace.ts';
import type { Command } from './command.ts';

/** The main job: profile, search, derive, train, export, measure, report. */
export const searchCommand: Command<'search'> = async ({ file, out, ...overrides }, asked) => {
  const settings = await loadSettings(file, overrides);
  // Before anything that takes time.
  if (out !== undefined) RunStore.checkFree(out);
  const { space, seed } = settings;
  const { targetMs } = space.objective.latency;
  const early: Reporter = {
    ...asked,
    event: event => (event.type === 'warning' ? asked.note(event.message) : undefined),
  };
  const data = await openRunData(settings, early);
  describeSpace(space, asked);
  const began = performance.now();
  const { table, predictor, reused } = await profileSpace(space, asked, { seed });
  const profileSeconds = reused ? 0 : (performance.now() - began) / 1000;
  const smallestMs = checkTarget(predictor, targetMs);

  const store = RunStore.create(folders.runs, space.name, file, out);
  const reporter = loggingTo(store, asked);
  writeRecord(store, settings, data, table);
  store.writeJson('latency.json', table);
  const blocks = space.blocks
    .filter(({ candidates }) => candidates.length > 1)
    .map(({ name, candidates }) => ({ name, candidates: candidates.map(candidate => candidate.name) }));
  reporter.event({ type: 'start', space: space.name, blocks, targetMs, seed });
  const summary = summarise(table);
  for (const line of [`run folder ${store.folder}`, ...(reused ? ['latency table from the cache'] : []), ...summary])
    reporter.note(line);
  reporter.event({ type: 'profiled', reused, summary, smallestMs });

  reporter.event({ type: 'stage', stage: 'search' });
  const searchBegan = performance.now();
  const runtime = await createOrtRuntime({ threads: settings.threads });
  reporter.note(`search runs on ${runtime.description}`);
  const supernet = new Supernet(runtime, space, seed);
  const alphas = await runSearch(supernet, runtime, settings, data, predictor, reporter);
  const found: SearchResult = {
    alphas,
    targetMs,
    seconds: (performance.now() - searchBegan) / 1000,
    profileSeconds,
    peakRssMb: peakRssMb(),
  };
  store.writeJson('search.json', found);

  store.writeFile(CHECKPOINT, encodeTensors(supernet.tensors()));

  const opened = { store, settings, predictor, table };
  const derived = await deriveAndStore(opened, alphas, supernet, runtime, data, reporter);
  await runtime.dispose();
  const result = await trainAndReport(opened, data, derived, found, reporter);
  reporter.event({ type: 'done' });
  return { command: 'search', run: store.folder, ...result };
};

/** What is known before anything runs: how much there is to choose from, and whether a step fits into memory. */
function describeSpace(space: SearchSpace, reporter: Reporter): void {
  const { architectures, macs, activationBytes } = analyse(space, space.schedule.batch);
  const millions = (value: number) => (value / 1e6).toFixed(2);
  const megabytes = Math.ceil(activationBytes / 2 ** 20);
  reporter.note(
    `${space.name}: ${architectures.toLocaleString('en')} architectures, ${millions(macs.min)} to ${millions(macs.max)} million MACs; ` +
      `maps of a step take about ${megabytes} MB at batch ${space.schedule.batch}`,
  );
  if (activationBytes > totalmem())
    throw new UserError(
      `a step needs about ${megabytes} MB, more than this machine's ${Math.floor(totalmem() / 2 ** 20)} MB: lower schedule.batch`,
    );
}
