import * as vscode from 'vscode';
import { commandIds } from '../contributions.ts';
import { type Inspections, isSpaceFile } from './inspections.ts';
import { lensTexts } from './lensTexts.ts';
import { rangeOf } from './ranges.ts';
import { findCall } from './sourceText.ts';

/** Over `defineSearchSpace(`: what can be done with the space, and how large it is. */
export class SpaceLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly inspections: Inspections) {
    this.onDidChangeCodeLenses = listener => inspections.onDidChange(() => listener());
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const call = findCall(document.getText(), 'defineSearchSpace');
    if (!isSpaceFile(document) || !call || !vscode.workspace.isTrusted) return [];
    const range = rangeOf(document, call);
    return this.commands(document).map(command => new vscode.CodeLens(range, command));
  }

  private commands(document: vscode.TextDocument): vscode.Command[] {
    const { inspection, issues } = this.inspections.of(document);
    const errors = issues.filter(({ value }) => value.severity === 'error').length;
    const toDo = [
      {
        command: commandIds.startSearch,
        arguments: [document.uri],
        title: `$(play) ${vscode.l10n.t('Start search')}`,
        tooltip: vscode.l10n.t('Search this space for a network that meets the latency target'),
      },
      {
        command: commandIds.profile,
        arguments: [document.uri],
        title: `$(dashboard) ${vscode.l10n.t('Profile')}`,
        tooltip: vscode.l10n.t('Measure how long every operator of this space takes on this machine'),
      },
    ];
    if (errors > 0) {
      const title = errors === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', errors);
      return [...toDo, { command: 'workbench.actions.view.problems', title: `$(error) ${title}` }];
    }
    // Without a command, a lens is a text.
    return [...toDo, ...(inspection ? lensTexts(inspection).map(text => ({ ...text, command: '' })) : [])];
  }
}
