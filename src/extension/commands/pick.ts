import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { commandIds, SPACE_PATTERN, SPACE_SUFFIX } from '../contributions.ts';
import type { RunSummary } from '../runs/runSummary.ts';
import type { RunRef, Services } from '../services.ts';
import { runDescription } from '../views/runTexts.ts';

/** More search spaces than a person wants to choose from. */
const MOST_SPACES = 200;

/**
 * The search-space file a command is for: the one it was called on, the one in front, the only one there is, or one of
 * several. Undefined when the person gave up, or went to make one.
 */
export async function pickSpace(called: unknown): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const given = [called, active].find(uri => uri instanceof vscode.Uri && isSpace(uri)) as vscode.Uri | undefined;
  if (given) return saved(given);
  const found = await vscode.workspace.findFiles(SPACE_PATTERN, '**/{node_modules,.nas,dist}/**', MOST_SPACES);
  if (found.length === 0) {
    await offerNewSpace();
    return undefined;
  }
  if (found.length === 1) return saved(found[0]);
  const items = found
    .sort((a, b) => a.fsPath.localeCompare(b.fsPath))
    .map(uri => {
      return { label: basename(uri.fsPath), description: vscode.workspace.asRelativePath(dirname(uri.fsPath)), uri };
    });
  const placeHolder = vscode.l10n.t('Search space');
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  return picked && saved(picked.uri);
}

/** The folder the engine works in: the workspace's that a file is in, or the file's own. */
export function workingFolder(file: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? dirname(file.fsPath);
}

export interface RunChoice {
  /** Which runs there are to choose from. */
  fits?(run: RunSummary): boolean;
  placeHolder: string;
  /** What to say where there is none. */
  none: string;
  /** Whether a viewer in front says nothing about which run is meant. */
  ask?: boolean;
}

/**
 * The run a command is for: the one it was called on, the one whose viewer is in front, the only one that fits, or one of
 * several. @throws UserError when none fits
 */
export async function pickRun(
  { runs, viewers }: Services,
  called: unknown,
  { fits = () => true, placeHolder, none, ask = false }: RunChoice,
): Promise<RunSummary | undefined> {
  await runs.refresh();
  const folder = isRunRef(called) ? called.folder : ask ? undefined : viewers.active;
  const given = runs.list.find(run => run.folder === folder);
  if (given && (isRunRef(called) || fits(given))) return given;
  const fitting = runs.list.filter(fits);
  if (fitting.length === 0) throw new UserError(none);
  if (fitting.length === 1) return fitting[0];
  const items = fitting.map(run => ({ label: run.id, description: runDescription(run), run }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.run;
}

export function isRunRef(value: unknown): value is RunRef {
  return typeof value === 'object' && value !== null && typeof (value as RunRef).folder === 'string';
}

function isSpace(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(SPACE_SUFFIX);
}

/** The engine reads the file from the disk. */
async function saved(uri: vscode.Uri): Promise<vscode.Uri> {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open?.isDirty && !(await open.save()))
    throw new UserError(vscode.l10n.t('The file could not be saved; the engine would read the old one.'));
  return uri;
}

async function offerNewSpace(): Promise<void> {
  const create = vscode.l10n.t('New Search Space…');
  const message = vscode.l10n.t('There is no search-space file (*.nas.ts) in this folder.');
  if ((await vscode.window.showInformationMessage(message, create)) === create)
    await vscode.commands.executeCommand(commandIds.newSpace);
}
