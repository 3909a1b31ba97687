import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { clip } from '../runs/runFiles.ts';
import type { Services } from '../services.ts';
import { isRunRef, pickRun } from './pick.ts';

const noRun = () => vscode.l10n.t('There is no run yet: start a search first.');

export async function openViewer(services: Services, called: unknown): Promise<void> {
  const { engine, viewers } = services;
  // The run at work may not have written its first file yet.
  const atWork = engine.current?.run;
  const asked = isRunRef(called) ? called.folder : undefined;
  if (atWork && (asked === undefined || asked === atWork)) {
    viewers.show(atWork);
    return;
  }
  const run = await pickRun(services, called, { placeHolder: vscode.l10n.t('Run to look at'), none: noRun() });
  if (run) viewers.show(run.folder);
}

/** Sets one run beside another in the viewer. */
export async function compareRuns(services: Services, called: unknown): Promise<void> {
  const first = await pickRun(services, called, { placeHolder: vscode.l10n.t('First run'), none: noRun() });
  if (!first) return;
  const second = await pickRun(services, undefined, {
    fits: run => run.folder !== first.folder,
    placeHolder: vscode.l10n.t('Run to compare {0} with', first.id),
    none: vscode.l10n.t('There is no other run to compare it with.'),
    ask: true,
  });
  if (second) await services.viewers.compare(first.folder, second.folder);
}

/** Shows what a run came to, as its summary tells it. */
export async function openReport(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, {
    fits: ({ reported }) => reported,
    placeHolder: vscode.l10n.t('Run whose report is shown'),
    none: vscode.l10n.t('No run has ended yet.'),
  });
  if (!run) return;
  if (!run.reported)
    throw new UserError(vscode.l10n.t('{0} has no report: it is written when a run ends.', clip(run.id)));
  const file = vscode.Uri.file(join(run.folder, 'summary.md'));
  await vscode.commands.executeCommand('markdown.showPreview', file);
}

/** Opens the search space of a run: the file it was started with, or the copy that the run keeps. */
export async function openSpace(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, { placeHolder: vscode.l10n.t('Run'), none: noRun() });
  if (!run) return;
  const original = vscode.Uri.file(run.file);
  const isHere = vscode.workspace.getWorkspaceFolder(original) !== undefined && (await isThere(run.file));
  const file = isHere ? original : vscode.Uri.file(join(run.folder, 'space.nas.ts'));
  await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
}

export async function revealFolder(_: Services, called: unknown): Promise<void> {
  if (isRunRef(called)) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(called.folder));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}
