import * as vscode from 'vscode';
import { SETTINGS, settingNames } from './contributions.ts';

/** What a person has set, as the manifest declares it. */
export const settings = {
  seed: (scope: vscode.Uri) => read(settingNames.seed, 1, scope),
  /** Undefined: one for each core. */
  threads: () => read(settingNames.threads, 0) || undefined,
  nodePath: () => read(settingNames.nodePath, ''),
  openViewer: () => read(settingNames.openViewer, true),
};

function read<T>(name: string, fallback: T, scope?: vscode.Uri): T {
  return vscode.workspace.getConfiguration(SETTINGS, scope).get<T>(name, fallback);
}
