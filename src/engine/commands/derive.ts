import { deriveNetwork } from '../../space/analysis.ts';
import { countNetwork } from '../../space/budgets.ts';
import { allowedAlphas, limitsOf, loggingTo, openRun, readSearch } from '../run/record.ts';
import { checkLimits } from '../search/checkLimits.ts';
import { deriveAgain } from '../stages.ts';
import { openRunData } from '../workspace.ts';
import type { Command } from './command.ts';

export const deriveCommand: Command<'derive'> = async ({ run, targetMs }, asked) => {
  const opened = await openRun(run, { targetMs });
  const { store, settings } = opened;
  const { space } = settings;
  const reporter = loggingTo(store, asked);
  checkLimits(limitsOf(opened), allowedAlphas(readSearch(store, settings)));
  const data = await openRunData(settings, reporter);
  const { choices, predictedMs, measuredMs } = await deriveAgain(opened, data, reporter);
  const names = space.blocks.map(({ candidates }, i) => candidates[choices[i]].name);
  const sizes = countNetwork(deriveNetwork(space, choices), space);
  return { command: 'derive', run: store.folder, names, predictedMs, measuredMs, ...sizes };
};
