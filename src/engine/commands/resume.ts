import { UserError } from '../../base/errors.ts';
import type { Asked, Reporter } from '../reporter.ts';
import { Checkpoints } from '../run/checkpoints.ts';
import { energyTold, loggingTo, type OpenedRun, openRun } from '../run/record.ts';
import { deriveOn, freshSupernet, searchOn, trainOn } from '../stages.ts';
import { openRunData, type RunData } from '../workspace.ts';
import type { Command } from './command.ts';
import { withoutRun } from './withoutRun.ts';

/** Goes on with a run where it stands: in the search, before the derivation, or before the training. */
export const resumeCommand: Command<'resume'> = async ({ run }, asked) => {
  const opened = await openRun(run);
  const { store, settings } = opened;
  store.take();
  // Before the log is cut: steps that are done again are paid for again.
  asked.tookBefore(energyTold(store));
  if (store.has('derived/metrics.json'))
    throw new UserError(
      `the run ${store.folder} is finished, its report is summary.md there: derive or train it anew, or start another search`,
    );
  const data = await openRunData(settings, withoutRun(asked));
  if (data.dataset.hash !== opened.dataset.hash)
    throw new UserError(
      `the data set ${data.dataset.name} is not what it was when the run ${store.folder} began: put the old images back, or start another search`,
    );
  return { command: 'resume', run: store.folder, ...(await goOn(opened, data, asked)) };
};

function goOn(opened: OpenedRun, data: RunData, asked: Asked) {
  const { store } = opened;
  if (!store.has('search.json')) return resumeSearch(opened, data, asked);
  const reporter = loggingTo(store, asked);
  tell(reporter, null, store.has('derived/architecture.json') ? 'the training' : 'the derivation');
  return store.has('derived/architecture.json') ? trainOn(opened, data, reporter) : deriveOn(opened, data, reporter);
}

async function resumeSearch(opened: OpenedRun, data: RunData, asked: Asked) {
  const { store, settings } = opened;
  const stand = await freshSupernet(settings, store);
  const warnings: string[] = [];
  const from = new Checkpoints(store).restore(stand.supernet, message => warnings.push(message));
  if (!from) throw new UserError(`the run ${store.folder} has no checkpoint that can be used: start the search again`);
  store.log.cut(from.log);
  const reporter = loggingTo(store, asked);
  for (const message of warnings) reporter.event({ type: 'warning', message });
  tell(reporter, from.search.step, `step ${from.search.step}`);
  return searchOn({ ...stand, from }, opened, data, reporter);
}

function tell(reporter: Reporter, step: number | null, where: string): void {
  reporter.event({ type: 'resumed', step });
  reporter.note(`the run goes on from ${where}`);
}
