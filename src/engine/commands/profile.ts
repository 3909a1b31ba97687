import { UserError } from '../../base/errors.ts';
import { summarise } from '../../latency/summary.ts';
import { measuredGoal } from '../../space/devices.ts';
import { profileSpace } from '../search/profiling.ts';
import { loadSettings } from '../workspace.ts';
import type { Command } from './command.ts';

export const profileCommand: Command<'profile'> = async ({ file, again, threads }, reporter) => {
  const { space } = await loadSettings(file, { threads });
  const goal = measuredGoal(space.objective.latency);
  if (!goal)
    throw new UserError(
      space.objective.latency
        ? 'the latencies of this space are those of a table: there is nothing to measure (proxyless inspect FILE tells of them)'
        : 'this space asks for no latency: there is nothing to measure',
      { file },
    );
  const { table, file: tableFile, reused } = await profileSpace(space, goal.device, reporter, { again });
  if (!table.validation)
    throw new UserError('the space has too few networks to hold any out: its table cannot be validated', { file });
  const summary = summarise(table);
  return {
    command: 'profile',
    table: tableFile,
    reused,
    summary,
    ...table.validation,
    seconds: table.seconds,
  };
};
