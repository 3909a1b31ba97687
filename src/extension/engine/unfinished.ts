import * as vscode from 'vscode';
import { commandIds } from '../contributions.ts';
import { isResumable } from '../runs/runSummary.ts';
import type { WorkspaceRuns } from '../runs/workspaceRuns.ts';
import type { EngineService } from './engineService.ts';

const KEY = 'runAtWork';

/**
 * Remembers over the end of a window which run was at work in it, and offers to go on with it when the folder is opened
 * again. The engine saves its run and ends with its window.
 */
export function rememberUnfinished(
  engine: EngineService,
  runs: WorkspaceRuns,
  memory: vscode.Memento,
): vscode.Disposable {
  void offerToResume(runs, memory);
  return vscode.Disposable.from(
    engine.onDidChange(({ run, steerable, outcome }) => {
      if (steerable && !outcome && memory.get(KEY) !== run) void memory.update(KEY, run);
    }),
    engine.onDidEnd(() => void memory.update(KEY, undefined)),
  );
}

async function offerToResume(runs: WorkspaceRuns, memory: vscode.Memento): Promise<void> {
  const folder = memory.get<string>(KEY);
  if (folder === undefined || !vscode.workspace.isTrusted) return;
  await memory.update(KEY, undefined);
  await runs.refresh();
  const run = runs.list.find(one => one.folder === folder);
  if (!run || !isResumable(run)) return;
  const resume = vscode.l10n.t('Resume');
  const message = vscode.l10n.t(
    'The search of {0} was stopped when its window closed; what it reached is saved.',
    run.name,
  );
  if ((await vscode.window.showInformationMessage(message, resume)) === resume)
    await vscode.commands.executeCommand(commandIds.resumeRun, { folder });
}
