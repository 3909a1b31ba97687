import * as vscode from 'vscode';
import { type CommandName, commandIds, contextKeys, VIEWER_PANEL, viewIds } from './contributions.ts';
import { openAsTypeScript } from './language/spaceLanguage.ts';
import type { Services } from './services.ts';
import { lazyTree } from './views/lazyTree.ts';

/** Milliseconds after which the rest is loaded in any case: `when` clauses want to know which runs there are. */
const SETTLED_MS = 500;

/** Registers what VS Code may ask for; whatever does the work is loaded when it is asked. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Proxyless Studio', { log: true });
  let opening: Promise<Services> | undefined;
  const services = () => (opening ??= import('./window.ts').then(({ openWindow }) => openWindow(context, log)));

  void vscode.commands.executeCommand('setContext', contextKeys.work, 'idle');
  const settled = setTimeout(() => void services(), SETTLED_MS);
  context.subscriptions.push(
    log,
    openAsTypeScript(),
    { dispose: () => clearTimeout(settled) },
    ...(Object.keys(commandIds) as CommandName[]).map(name =>
      vscode.commands.registerCommand(commandIds[name], async (called: unknown) =>
        (await services()).run(name, called),
      ),
    ),
    lazyTree(viewIds.runs, async () => (await services()).views.runs),
    lazyTree(viewIds.devices, async () => (await services()).views.devices),
    lazyTree(viewIds.models, async () => (await services()).views.models),
    vscode.window.registerWebviewPanelSerializer(VIEWER_PANEL, {
      deserializeWebviewPanel: async (panel, state) => (await services()).viewers.restore(panel, state),
    }),
  );
}
