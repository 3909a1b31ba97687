import * as vscode from 'vscode';
import { isSystemError, UserError } from '../base/errors.ts';
import type { Place } from '../protocol/spaceView.ts';

/** Shows what went wrong: a person's mistake as its sentence, a program's with the way to the log. */
export async function showProblem(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof UserError) return showMistake(error.message, error.place);
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  if (isSystemError(error)) return showMistake(message);
  await showFailure(message, log);
}

/** @param place where it is, for a button that leads there */
export async function showMistake(message: string, place?: Place): Promise<void> {
  if (!place) {
    void vscode.window.showErrorMessage(message);
    return;
  }
  const open = vscode.l10n.t('Go to Place');
  if ((await vscode.window.showErrorMessage(message, open)) === open) await openPlace(place);
}

/** @param others further buttons; the one that was pressed is returned */
export async function showFailure(
  message: string,
  log: vscode.LogOutputChannel,
  ...others: string[]
): Promise<string | undefined> {
  const showLog = vscode.l10n.t('Show Log');
  const pressed = await vscode.window.showErrorMessage(message, ...others, showLog);
  if (pressed === showLog) log.show();
  return pressed;
}

/** Shows a place in an editor; its line and column count from 1. */
export async function openPlace({ file, line = 1, column = 1 }: Place, beside = false): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
    viewColumn: beside ? vscode.ViewColumn.One : undefined,
  });
}
