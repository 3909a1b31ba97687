import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { engineForkOptions } from '../../protocol/engineClient.ts';

export interface Launch {
  /** Folder of this extension; the built engine is below it. */
  extensionFolder: string;
  /** Where the engine keeps its caches and runs: below `.nas` of this folder. */
  cwd: string;
  /** The Node that runs it; empty for the one the editor runs on. */
  nodePath: string;
}

/** Starts an engine process on the machine of the extension host, which is the one that is measured. */
export function launchEngine({ extensionFolder, cwd, nodePath }: Launch): ChildProcess {
  const editorIsElectron = process.versions.electron !== undefined;
  return fork(join(extensionFolder, 'dist', 'engine.js'), {
    ...engineForkOptions(engineEnvironment(process.env, nodePath === '' && editorIsElectron)),
    cwd,
    execPath: nodePath || process.execPath,
  });
}

/**
 * The editor's own environment without what would change how Node starts, for instance by a debugger of the editor.
 *
 * @param asNode whether the program is Electron's, which is a Node only when it is told to be one
 */
export function engineEnvironment(editor: NodeJS.ProcessEnv, asNode: boolean): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, VSCODE_INSPECTOR_OPTIONS: __, ELECTRON_RUN_AS_NODE: ___, ...env } = editor;
  return asNode ? { ...env, ELECTRON_RUN_AS_NODE: '1' } : env;
}
