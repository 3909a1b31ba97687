import * as vscode from 'vscode';
import { SPACE_LANGUAGE } from '../contributions.ts';

/**
 * Makes TypeScript of every search-space file that is opened. VS Code knows these files by a language of their own, so
 * that opening the first one wakes this extension, in a folder that had none when it was opened; what works on them, the
 * TypeScript server and other extensions, looks for TypeScript.
 */
export function openAsTypeScript(): vscode.Disposable {
  const change = (document: vscode.TextDocument) => {
    if (document.languageId === SPACE_LANGUAGE) void vscode.languages.setTextDocumentLanguage(document, 'typescript');
  };
  vscode.workspace.textDocuments.forEach(change);
  return vscode.workspace.onDidOpenTextDocument(change);
}
