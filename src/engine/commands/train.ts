import { loggingTo, openRun } from '../run/record.ts';
import { trainOn } from '../stages.ts';
import { openRunData } from '../workspace.ts';
import type { Command } from './command.ts';

export const trainCommand: Command<'train'> = async ({ run, epochs }, asked) => {
  const opened = await openRun(run, { trainEpochs: epochs });
  const reporter = loggingTo(opened.store, asked);
  const data = await openRunData(opened.settings, reporter);
  return { command: 'train', run: opened.store.folder, ...(await trainOn(opened, data, reporter)) };
};
