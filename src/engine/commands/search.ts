import { summarise } from '../../latency/summary.ts';
import { deviceName } from '../../latency/targets/target.ts';
import { weightStepsOf } from '../../search/proxyless.ts';
import { analyse } from '../../space/analysis.ts';
import { SpaceError } from '../../space/issues.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { openAncestor } from '../inherit/ancestor.ts';
import { type Inheritance, inheritance } from '../inherit/inherit.ts';
import { memoryShortage } from '../inspect/checks.ts';
import { viewOf } from '../inspect/spaceView.ts';
import type { Reporter } from '../reporter.ts';
import { loggingTo, writeRecord } from '../run/record.ts';
import { RunStore } from '../run/runStore.ts';
import { checkTarget, profileSpace } from '../search/profiling.ts';
import { freshSupernet, searchOn } from '../stages.ts';
import { folders, loadSettings, openRunData } from '../workspace.ts';
import type { Command } from './command.ts';
import { withoutRun } from './withoutRun.ts';

/** The main job: profile, search, derive, train, export, measure, report. */
export const searchCommand: Command<'search'> = async ({ file, out, inherit, ...overrides }, asked) => {
  const settings = await loadSettings(file, overrides);
  // Before anything that takes time.
  if (out !== undefined) RunStore.checkFree(out);
  const { space, seed } = settings;
  const taken = inherit === undefined ? undefined : inheritance(await openAncestor(inherit), space);
  const { targetMs } = space.objective.latency;
  const data = await openRunData(settings, withoutRun(asked));
  describeSpace(space, asked);
  const began = performance.now();
  const { table, predictor, reused } = await profileSpace(space, asked, { seed });
  const profileSeconds = reused ? 0 : (performance.now() - began) / 1000;
  const smallestMs = checkTarget(predictor, targetMs);

  const store = RunStore.create(folders.runs, space.name, file, out);
  const reporter = loggingTo(store, asked);
  writeRecord(store, settings, data, table, profileSeconds);
  store.writeJson('latency.json', table);
  const blocks = space.blocks
    .filter(({ candidates }) => candidates.length > 1)
    .map(({ name, candidates }) => ({ name, candidates: candidates.map(candidate => candidate.name) }));
  const steps = weightStepsOf(space, data.weights.indices.length);
  const view = viewOf(space, deviceName(table.device), predictor);
  const { batch } = space.schedule;
  reporter.event({ type: 'start', space: space.name, blocks, targetMs, seed, view, steps, batch });
  if (taken) tellInheritance(taken, reporter);
  const summary = summarise(table);
  for (const line of [`run folder ${store.folder}`, ...(reused ? ['latency table from the cache'] : []), ...summary])
    reporter.note(line);
  reporter.event({ type: 'profiled', reused, summary, smallestMs });

  const run = { store, settings, predictor, table, profileSeconds };
  const stand = await freshSupernet(settings, store);
  taken?.apply(stand.supernet);
  const result = await searchOn({ ...stand, warmupDone: taken?.warmupDone }, run, data, reporter);
  return { command: 'search', run: store.folder, ...result };
};

function tellInheritance({ event, warmupDone }: Inheritance, reporter: Reporter): void {
  const taken = event.blocks.filter(({ inherited }) => inherited).length;
  reporter.event({ type: 'inherited', ...event });
  reporter.note(
    `${taken} of ${event.blocks.length} blocks go on from the run ${event.fromRun}` +
      (warmupDone > 0 ? `; ${warmupDone} epoch${warmupDone === 1 ? '' : 's'} of warm-up left out` : ''),
  );
  for (const line of event.difference) reporter.note(`  ${line}`);
}

/** What is known before anything runs: how much there is to choose from, and whether a step fits into memory. */
function describeSpace(space: SearchSpace, reporter: Reporter): void {
  const { architectures, macs, activationBytes } = analyse(space, space.schedule.batch);
  const millions = (value: number) => (value / 1e6).toFixed(2);
  const megabytes = Math.ceil(activationBytes / 2 ** 20);
  reporter.note(
    `${space.name}: ${architectures.toLocaleString('en')} architectures, ${millions(macs.min)} to ${millions(macs.max)} million MACs; ` +
      `maps of a step take about ${megabytes} MB at batch ${space.schedule.batch}`,
  );
  const shortage = memoryShortage(space);
  if (shortage) throw new SpaceError([shortage]);
}
