import * as vscode from 'vscode';
import { UserError } from '../base/errors.ts';

/** A search-space file is a program, and a run keeps one. @throws UserError where nothing may be executed */
export function checkTrust(): void {
  if (!vscode.workspace.isTrusted)
    throw new UserError(
      vscode.l10n.t('This folder is not trusted, and a search-space file is a program: trust the folder first.'),
    );
}
