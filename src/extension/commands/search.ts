import { stat } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { SPACE_SUFFIX, viewIds } from '../contributions.ts';
import type { Work } from '../engine/work.ts';
import { isResumable, type RunSummary } from '../runs/runSummary.ts';
import { newRunFolder } from '../runs/workspaceRuns.ts';
import type { Services } from '../services.ts';
import { settings } from '../settings.ts';
import { isRunRef, pickRun, pickSpace, workingFolder } from './pick.ts';

/** Searches the space in a file, in a new run that is shown while it goes on. */
export async function startSearch(services: Services, called: unknown): Promise<void> {
  const file = await pickSpace(called);
  if (file) await search(services, file, undefined);
}

/**
 * Searches a changed space, taking over what did not change from an earlier run. One that is still going on is stopped
 * first; it stays and can be resumed.
 */
export async function relaunch(services: Services, called: unknown): Promise<void> {
  const { engine, runs } = services;
  await runs.refresh();
  const earlier = await earlierRun(services, called);
  if (!earlier) return;
  const file = await spaceOf(earlier, called);
  if (!file) return;
  const { current } = engine;
  if (current?.steerable) {
    current.replaced = true;
    current.stop();
    await current.ended;
  }
  await search(services, file, earlier);
}

/** Goes on with a run that was stopped or broke off, from where it stood. */
export async function resumeRun(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, {
    fits: isResumable,
    placeHolder: vscode.l10n.t('Run to go on with'),
    none: vscode.l10n.t('There is no interrupted run.'),
  });
  if (!run) return;
  const work = services.engine.begin({
    request: { command: 'resume', run: run.folder },
    title: vscode.l10n.t('Search of {0}', run.name),
    cwd: workspaceOf(run.folder),
    run: run.folder,
  });
  show(services, work, run.folder);
}

/** The workspace folder of a run, `<workspace>/.nas/runs/<run>`: where its caches are. */
export function workspaceOf(run: string): string {
  return dirname(dirname(dirname(run)));
}

async function search(services: Services, file: vscode.Uri, earlier: RunSummary | undefined): Promise<void> {
  const { engine, viewers } = services;
  const name = basename(file.fsPath, SPACE_SUFFIX);
  const cwd = workingFolder(file);
  // Asked before a folder is made.
  if (engine.current) throw new UserError(vscode.l10n.t('{0} is under way: stop it first.', engine.current.title));
  const run = await newRunFolder(cwd, name);
  const work = engine.begin({
    request: {
      command: 'search',
      file: file.fsPath,
      out: run,
      seed: settings.seed(file),
      threads: settings.threads(),
      inherit: earlier?.folder,
    },
    title: vscode.l10n.t('Search of {0}', name),
    cwd,
    run,
  });
  show(services, work, run);
  if (!settings.openViewer()) return;
  // The graph is there before data and latencies are.
  const outcome = await engine.ask({ command: 'inspect', file: file.fsPath }, cwd, new AbortController().signal);
  if (outcome.type === 'result' && outcome.result.command === 'inspect') viewers.expect(run, outcome.result.view);
}

/** Shows a run that has begun: the viewer tells how it goes, the list that something does. */
function show({ viewers }: Services, work: Work, run: string): void {
  void vscode.window.withProgress({ location: { viewId: viewIds.runs } }, () => work.ended);
  if (settings.openViewer()) viewers.show(run);
}

/** The run whose weights are taken over: the one it was called on, the one at work, or the last one of the file. */
async function earlierRun(services: Services, called: unknown): Promise<RunSummary | undefined> {
  const { engine, runs } = services;
  const file = called instanceof vscode.Uri ? called.fsPath : activeSpace();
  const atWork = engine.current?.steerable ? runs.list.find(({ folder }) => folder === engine.current?.run) : undefined;
  const ofFile = file === undefined ? undefined : runs.list.find(run => run.file === file);
  if (!isRunRef(called) && (atWork ?? ofFile)) return atWork ?? ofFile;
  return pickRun(services, called, {
    placeHolder: vscode.l10n.t('Run to take weights over from'),
    none: vscode.l10n.t('There is no earlier run: start a search first.'),
  });
}

/** The file to search: the one it was called on or the one in front, else the one the run was started with. */
async function spaceOf(run: RunSummary, called: unknown): Promise<vscode.Uri | undefined> {
  const exists = await stat(run.file).then(
    found => found.isFile(),
    () => false,
  );
  const fromRun = exists && isInWorkspace(run.file) ? vscode.Uri.file(run.file) : undefined;
  return pickSpace(called instanceof vscode.Uri || activeSpace() !== undefined ? called : fromRun);
}

function activeSpace(): string | undefined {
  const path = vscode.window.activeTextEditor?.document.uri.fsPath;
  return path?.endsWith(SPACE_SUFFIX) ? path : undefined;
}

/** What a run names as its file is only run when it is one of this workspace. */
function isInWorkspace(file: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => {
    const path = relative(uri.fsPath, file);
    return !path.startsWith('..') && path !== file;
  });
}
