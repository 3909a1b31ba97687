import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { clip } from '../runs/runFiles.ts';
import { isRunning } from '../runs/runSummary.ts';
import type { Services } from '../services.ts';
import { isRunRef } from './pick.ts';

/** Moves a run's folder to the trash. */
export async function deleteRun({ engine, runs }: Services, called: unknown): Promise<void> {
  if (!isRunRef(called)) return;
  const { folder } = called;
  if (engine.current?.run === folder || (await isRunning(folder)))
    throw new UserError(vscode.l10n.t('{0} is under way: stop it first.', clip(basename(folder))));
  await remove(folder, vscode.l10n.t('Delete the run {0}, with its model and its log?', basename(folder)));
  await runs.refresh();
}

/** Moves a latency table to the trash; the next search measures anew. */
export async function deleteProfile(_: Services, called: unknown): Promise<void> {
  const file = (called as { profile?: { file?: unknown } } | undefined)?.profile?.file;
  if (typeof file === 'string') await remove(file, vscode.l10n.t('Delete this device profile?'));
}

async function remove(path: string, question: string): Promise<void> {
  const confirm = vscode.l10n.t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true }, confirm)) !== confirm) return;
  const uri = vscode.Uri.file(path);
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
  } catch {
    // Servers have no trash.
    await vscode.workspace.fs.delete(uri, { recursive: true });
  }
}
