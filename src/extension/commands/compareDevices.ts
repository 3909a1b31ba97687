import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import type { DeviceRow } from '../../protocol/devices.ts';
import type { Services } from '../services.ts';
import { askDevices } from './devices.ts';
import { pickRun } from './pick.ts';
import { workspaceOf } from './search.ts';
import { withCancel } from './withCancel.ts';

/**
 * Sets devices side by side for a run: its space is measured on those where it was not yet, and the viewer shows what would
 * be chosen for each.
 */
export async function compareDevices(services: Services, called: unknown): Promise<void> {
  const { engine, viewers } = services;
  const run = await pickRun(services, called, {
    fits: ({ searched, targetMs }) => searched && targetMs !== undefined,
    placeHolder: vscode.l10n.t('Run to compare devices for'),
    none: vscode.l10n.t('No search for a latency has ended yet.'),
  });
  if (!run) return;
  // Asked before anybody chooses.
  if (engine.current) throw new UserError(vscode.l10n.t('{0} is under way: stop it first.', engine.current.title));
  const found = await askDevices(services);
  const devices = found && (await pickDevices(found));
  if (!devices || devices.length === 0) return;
  const outcome = await withCancel(services, {
    request: { command: 'across', of: run.folder, devices },
    title: vscode.l10n.t('Comparing devices for {0}', run.name),
    cwd: workspaceOf(run.folder),
  });
  if (outcome.type !== 'result' || outcome.result.command !== 'across') return;
  viewers.show(run.folder).goTo('devices');
}

interface DeviceItem extends vscode.QuickPickItem {
  /** The names it stands for, as the engine takes them. */
  names(): Promise<string[]>;
}

/** Devices of the person's choice, as the engine takes them; undefined where they think better of it. */
async function pickDevices(found: readonly DeviceRow[]): Promise<string[] | undefined> {
  const measurable = found
    .filter(({ reason }) => reason === null)
    .map(({ device, description }): DeviceItem => {
      return { label: device, description: description ?? '', names: async () => [device] };
    });
  const tables: DeviceItem = {
    label: vscode.l10n.t('Latency tables of other devices…'),
    description: vscode.l10n.t('Published or your own (*.yaml); nothing is measured'),
    names: pickTables,
  };
  const picked = await vscode.window.showQuickPick([...measurable, tables], {
    canPickMany: true,
    title: vscode.l10n.t('Compare Devices'),
    placeHolder: vscode.l10n.t(
      "Devices to set beside the run's own; each takes a minute, where it was not measured yet",
    ),
  });
  return picked && (await Promise.all(picked.map(item => item.names()))).flat();
}

async function pickTables(): Promise<string[]> {
  const title = vscode.l10n.t('Latency tables');
  const files = await vscode.window.showOpenDialog({ title, canSelectMany: true, filters: { YAML: ['yaml', 'yml'] } });
  return (files ?? []).map(({ fsPath }) => `table:${fsPath}`);
}
