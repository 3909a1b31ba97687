import { UserError } from '../../base/errors.ts';
import { summarise } from '../../latency/summary.ts';
import { profileSpace } from '../search/profiling.ts';
import { loadSettings } from '../workspace.ts';
import type { Command } from './command.ts';

export const profileCommand: Command<'profile'> = async ({ file, again, threads }, reporter) => {
  const { space } = await loadSettings(file, { threads });
  const { table, file: tableFile, reused } = await profileSpace(space, reporter, { again });
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
