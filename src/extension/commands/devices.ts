import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import type { DeviceRow } from '../../protocol/devices.ts';
import { viewIds } from '../contributions.ts';
import { endSentence } from '../engine/endings.ts';
import type { Services } from '../services.ts';

export async function manageDevices(): Promise<void> {
  await vscode.commands.executeCommand(`${viewIds.devices}.focus`);
}

/** Asks the engine what can be measured from here, and shows it in the view of the devices. */
export async function findDevices(services: Services): Promise<void> {
  if (await askDevices(services)) await manageDevices();
}

/** What a search space can name, and whether it can be measured from here; undefined where the person cancelled. */
export async function askDevices({ engine, views }: Services): Promise<readonly DeviceRow[] | undefined> {
  const title = vscode.l10n.t('Looking for devices that can be measured');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const outcome = await vscode.window.withProgress(options, (_, cancelled) => {
    const abort = new AbortController();
    cancelled.onCancellationRequested(() => abort.abort());
    return engine.ask({ command: 'devices' }, cwd, abort.signal);
  });
  const problem = endSentence(outcome);
  if (problem !== null) throw new UserError(problem);
  if (outcome.type !== 'result' || outcome.result.command !== 'devices') return undefined;
  views.devices.show(outcome.result.devices);
  return outcome.result.devices;
}
