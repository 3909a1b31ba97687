import * as vscode from 'vscode';
import { type CommandName, commandIds, trustedCommands } from '../contributions.ts';
import { showProblem } from '../problems.ts';
import type { Services } from '../services.ts';
import { checkTrust } from '../trust.ts';

/** @param called what the command was called on: a file, a run, or nothing */
type Command = (services: Services, called: unknown) => Promise<void>;

/** Every command, loaded when it is first called. */
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  startSearch: async () => (await import('./search.ts')).startSearch,
  relaunch: async () => (await import('./search.ts')).relaunch,
  resumeRun: async () => (await import('./search.ts')).resumeRun,
  pause: async () => (await import('./control.ts')).pause,
  resume: async () => (await import('./control.ts')).resume,
  stop: async () => (await import('./control.ts')).stop,
  profile: async () => (await import('./profile.ts')).profile,
  manageDevices: async () => (await import('./devices.ts')).manageDevices,
  findDevices: async () => (await import('./devices.ts')).findDevices,
  newSpace: async () => (await import('./newSpace.ts')).newSpace,
  openViewer: async () => (await import('./look.ts')).openViewer,
  compareRuns: async () => (await import('./look.ts')).compareRuns,
  openReport: async () => (await import('./look.ts')).openReport,
  openSpace: async () => (await import('./look.ts')).openSpace,
  revealFolder: async () => (await import('./look.ts')).revealFolder,
  derive: async () => (await import('./networks.ts')).derive,
  train: async () => (await import('./networks.ts')).train,
  export: async () => (await import('./networks.ts')).exportModel,
  deleteRun: async () => (await import('./remove.ts')).deleteRun,
  deleteProfile: async () => (await import('./remove.ts')).deleteProfile,
  refresh: async () => services => services.runs.refresh(),
  showLog: async () => async services => services.log.show(),
};

/** Registers every command; what one throws is shown to the person. @param services loads what commands work with */
export function registerCommands(services: () => Promise<Services>, log: vscode.LogOutputChannel): vscode.Disposable[] {
  const names = Object.keys(commands) as CommandName[];
  return names.map(name =>
    vscode.commands.registerCommand(commandIds[name], async (called: unknown) => {
      try {
        // The viewer and other extensions get round the manifest's conditions.
        if (trustedCommands.has(name)) checkTrust();
        const load = commands[name];
        const command = await load();
        await command(await services(), called);
      } catch (error) {
        await showProblem(error, log);
      }
    }),
  );
}
