import { basename } from 'node:path';
import * as vscode from 'vscode';
import { SPACE_SUFFIX } from '../contributions.ts';
import type { Services } from '../services.ts';
import { settings } from '../settings.ts';
import { manageDevices } from './devices.ts';
import { pickSpace, workingFolder } from './pick.ts';
import { withCancel } from './withCancel.ts';

/** Measures a space's operators on this machine; where that was done before, asks before it is done again. */
export async function profile(services: Services, called: unknown): Promise<void> {
  const file = await pickSpace(called);
  if (!file) return;
  const title = vscode.l10n.t('Profiling {0}', basename(file.fsPath, SPACE_SUFFIX));
  const job = (again: boolean) => ({
    request: { command: 'profile' as const, file: file.fsPath, again, threads: settings.threads() },
    title,
    cwd: workingFolder(file),
  });
  const outcome = await withCancel(services, job(false));
  if (outcome.type !== 'result' || outcome.result.command !== 'profile') return;
  const { reused, summary } = outcome.result;
  const again = vscode.l10n.t('Measure Again');
  const show = vscode.l10n.t('Show Device Profiles');
  const pressed = await vscode.window.showInformationMessage(
    summary.slice(0, 2).join(' '),
    ...(reused ? [again] : []),
    show,
  );
  if (pressed === again) await withCancel(services, job(true));
  if (pressed === show) await manageDevices();
}
