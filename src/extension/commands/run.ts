import { type CommandName, trustedCommands } from '../contributions.ts';
import { showProblem } from '../problems.ts';
import type { Services } from '../services.ts';
import { checkTrust } from '../trust.ts';
import { compareDevices } from './compareDevices.ts';
import { pause, resume, stop } from './control.ts';
import { findDevices, manageDevices } from './devices.ts';
import { compareRuns, openReport, openSpace, openViewer, revealFolder } from './look.ts';
import { derive, exportModel, train } from './networks.ts';
import { newSpace } from './newSpace.ts';
import { profile } from './profile.ts';
import { deleteProfile, deleteRun } from './remove.ts';
import { relaunch, resumeRun, startSearch } from './search.ts';

/** @param called what the command was called on: a file, a run, or nothing */
type Command = (services: Services, called: unknown) => Promise<void>;

const commands: Readonly<Record<CommandName, Command>> = {
  startSearch,
  relaunch,
  resumeRun,
  pause,
  resume,
  stop,
  profile,
  manageDevices,
  findDevices,
  compareDevices,
  newSpace,
  openViewer,
  compareRuns,
  openReport,
  openSpace,
  revealFolder,
  derive,
  train,
  export: exportModel,
  deleteRun,
  deleteProfile,
  refresh: ({ runs }) => runs.refresh(),
  showLog: async ({ log }) => log.show(),
};

/** Does what a command is for; what goes wrong is shown to the person. */
export async function runCommand(services: Services, name: CommandName, called: unknown): Promise<void> {
  try {
    // The viewer and other extensions get round the manifest's conditions.
    if (trustedCommands.has(name)) checkTrust();
    await commands[name](services, called);
  } catch (error) {
    await showProblem(error, services.log);
  }
}
