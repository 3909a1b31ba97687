import { weightStepsOf } from '../../search/proxyless.ts';
import type { Supernet } from '../../search/supernet.ts';
import { analyse } from '../../space/analysis.ts';
import { costRange } from '../../space/cost.ts';
import { SpaceError } from '../../space/issues.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { openAncestor } from '../inherit/ancestor.ts';
import { type Inheritance, inheritance } from '../inherit/inherit.ts';
import { memoryShortage, unreachableBudgets } from '../inspect/checks.ts';
import { viewOf } from '../inspect/spaceView.ts';
import type { Reporter } from '../reporter.ts';
import { limitsOf, loggingTo, writeRecord } from '../run/record.ts';
import { RunStore } from '../run/runStore.ts';
import { checkLimits } from '../search/checkLimits.ts';
import { impossibleCandidates, type Limits } from '../search/limits.ts';
import { type FoundLatency, findLatency } from '../search/runLatency.ts';
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
  const unreachable = unreachableBudgets(space);
  if (unreachable.length > 0) throw new SpaceError(unreachable);
  const data = await openRunData(settings, withoutRun(asked));
  describeSpace(space, asked);
  const latency = await findLatency(settings, asked);
  const profileSeconds = latency?.seconds ?? 0;
  checkLimits(limitsOf({ settings, latency }));

  const store = RunStore.create(folders.runs, space.name, file, out);
  const reporter = loggingTo(store, asked);
  writeRecord(store, settings, data, latency, profileSeconds);
  latency?.store(store);
  const blocks = space.blocks
    .filter(({ candidates }) => candidates.length > 1)
    .map(({ name, candidates }) => ({ name, candidates: candidates.map(candidate => candidate.name) }));
  const steps = weightStepsOf(space, data.weights.indices.length);
  const view = viewOf(space, latency?.device ?? '', latency?.predictor);
  const { batch } = space.schedule;
  const targetMs = space.objective.latency?.targetMs;
  reporter.event({ type: 'start', space: space.name, blocks, targetMs, seed, view, steps, batch });
  if (taken) tellInheritance(taken, reporter);
  reporter.note(`run folder ${store.folder}`);
  if (latency) tellLatency(latency, reporter);

  const run = { store, settings, latency, profileSeconds };
  const stand = await freshSupernet(settings, store);
  taken?.apply(stand.supernet);
  leaveOutImpossible(stand.supernet, limitsOf(run), reporter);
  const result = await searchOn({ ...stand, warmupDone: taken?.warmupDone }, run, data, reporter);
  return { command: 'search', run: store.folder, ...result };
};

function tellLatency({ predictor, measured, reused, summary }: FoundLatency, reporter: Reporter): void {
  for (const line of [...(measured && reused ? ['latency table from the cache'] : []), ...summary]) reporter.note(line);
  reporter.event({ type: 'profiled', reused, summary, smallestMs: costRange(predictor.cost).min });
}

/** Bans what no network within the budgets has, so that nothing is spent on it. */
function leaveOutImpossible(supernet: Supernet, { budgets }: Limits, reporter: Reporter): void {
  const banned = impossibleCandidates(budgets);
  const count = banned.flat().length;
  if (count === 0) return;
  supernet.restrictions = { ...supernet.restrictions, banned };
  reporter.note(
    `${count} candidate${count === 1 ? ' is' : 's are'} banned from the start: in no network within the budget`,
  );
}

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
