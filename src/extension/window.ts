import * as vscode from 'vscode';
import { runCommand } from './commands/run.ts';
import { contextKeys } from './contributions.ts';
import { EngineService } from './engine/engineService.ts';
import { reportEnd } from './engine/reportEnd.ts';
import { rememberUnfinished } from './engine/unfinished.ts';
import type { Work } from './engine/work.ts';
import { registerLanguageFeatures } from './language/languageFeatures.ts';
import { revealBlock } from './panel/reveal.ts';
import { Viewers } from './panel/viewers.ts';
import { WorkspaceRuns } from './runs/workspaceRuns.ts';
import type { Services } from './services.ts';
import { DevicesView } from './views/devicesView.ts';
import { ModelsView } from './views/modelsView.ts';
import { RunsView } from './views/runsView.ts';
import { StatusBar } from './views/statusBar.ts';

/**
 * Everything of a window that has to do something: made when it is first needed, and ended with the extension. It is
 * built into a file of its own, so that VS Code does not wait for it at the start.
 */
export function openWindow(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Services {
  const { extensionUri: extension } = context;
  const engine = new EngineService(extension.fsPath, log);
  const runs = new WorkspaceRuns(() => engine.current?.run ?? null);
  const viewers = new Viewers(engine, runs, { extension, reveal: revealBlock, log });
  const devices = new DevicesView();
  const language = registerLanguageFeatures((request, cwd, signal) => engine.ask(request, cwd, signal));
  const tableIsNew = () => {
    devices.refresh();
    language.refresh();
  };
  context.subscriptions.push(
    engine,
    runs,
    viewers,
    devices,
    language,
    new StatusBar(engine),
    rememberUnfinished(engine, runs, context.workspaceState),
    // Watchers of files miss what is written right after its folder was made.
    engine.onDidChange(
      followWork(ended => {
        runs.refreshSoon();
        if (ended === 'profile') tableIsNew();
      }),
    ),
    engine.onDidEnd(({ work, outcome }) => {
      runs.refreshSoon();
      tableIsNew();
      void reportEnd(work, outcome, log);
    }),
  );
  const views = { runs: new RunsView(runs), devices, models: new ModelsView(runs) };
  runs.refreshSoon();
  const services: Services = {
    extension,
    log,
    engine,
    runs,
    viewers,
    views,
    run: (name, called) => runCommand(services, name, called),
  };
  return services;
}

/** Tells `when` clauses of the work under way, and has what is on the disk looked at again where it has got on. */
function followWork(onStage: (ended: string | undefined) => void): (work: Work) => void {
  let knownState = '';
  let known: { hasRun: boolean; stage?: string } | undefined;
  return work => {
    const state = work.outcome ? 'idle' : work.phase === 'running' && !work.steerable ? 'working' : work.phase;
    if (state !== knownState) void vscode.commands.executeCommand('setContext', contextKeys.work, state);
    knownState = state;
    const { hasRun, stage: { stage } = {} } = work;
    if (hasRun !== known?.hasRun || stage !== known.stage) onStage(known?.stage);
    known = { hasRun, stage };
  };
}
