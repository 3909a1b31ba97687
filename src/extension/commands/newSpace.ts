import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { SPACE_SUFFIX } from '../contributions.ts';
import type { Services } from '../services.ts';

interface Template extends vscode.QuickPickItem {
  text: string;
}

/** Creates a search-space file from a template that runs as it is, and opens it. */
export async function newSpace({ extension }: Services): Promise<void> {
  const folder = await targetFolder();
  if (!folder) return;
  const templates = await readTemplates(join(extension.fsPath, 'examples'));
  const placeHolder = vscode.l10n.t('Template of the search space');
  const template = await vscode.window.showQuickPick(templates, { placeHolder, matchOnDetail: true });
  if (!template) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the search space'),
    prompt: vscode.l10n.t('The file is called NAME{0}.', SPACE_SUFFIX),
    value: template.label,
    validateInput: text =>
      /^[\w.-]+$/.test(text) ? undefined : vscode.l10n.t('Use letters, digits, points, hyphens and underscores.'),
  });
  if (name === undefined) return;
  const file = join(folder.uri.fsPath, `${name.replace(/\.nas(\.ts)?$/, '')}${SPACE_SUFFIX}`);
  try {
    await writeFile(file, template.text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UserError(vscode.l10n.t('{0} is there already: choose another name.', basename(file)));
  }
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}

async function targetFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick();
  if (folders.length === 1) return folders[0];
  const open = vscode.l10n.t('Open Folder…');
  const message = vscode.l10n.t('A search keeps its runs in the folder that is open: open one first.');
  if ((await vscode.window.showInformationMessage(message, open)) === open)
    await vscode.commands.executeCommand('vscode.openFolder');
  return undefined;
}

/** The examples, each introduced by the comment it begins with. */
async function readTemplates(folder: string): Promise<Template[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith(SPACE_SUFFIX)).sort();
  const templates = await Promise.all(
    names.map(async (name): Promise<Template> => {
      const text = await readFile(join(folder, name), 'utf8');
      return { label: basename(name, SPACE_SUFFIX), detail: firstComment(text), text };
    }),
  );
  // The one whose data comes with the product goes first.
  return templates.sort((a, b) => Number(b.text.includes('fashionMnist(')) - Number(a.text.includes('fashionMnist(')));
}

function firstComment(text: string): string {
  const [line = ''] = /^\/\/.*/.exec(text) ?? [];
  return line.replace(/^\/\/\s*/, '');
}
