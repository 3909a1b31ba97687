import { trainAndReport } from '../contest/report.ts';
import { loggingTo, openRun, readDerived, readSearch } from '../run/record.ts';
import { openRunData } from '../workspace.ts';
import type { Command } from './command.ts';

export const trainCommand: Command<'train'> = async ({ run, epochs }, asked) => {
  const opened = await openRun(run, { trainEpochs: epochs });
  const reporter = loggingTo(opened.store, asked);
  const { targetMs, ...derived } = readDerived(opened.store, opened.settings);
  const found = readSearch(opened.store, opened.settings);
  const { space } = opened.settings;
  // The target it was derived for, which may not be the one of the search.
  const objective = { ...space.objective, latency: { ...space.objective.latency, targetMs } };
  const settings = { ...opened.settings, space: { ...space, objective } };
  const data = await openRunData(settings, reporter);
  const result = await trainAndReport({ ...opened, settings }, data, derived, found, reporter);
  return { command: 'train', run: opened.store.folder, ...result };
};
