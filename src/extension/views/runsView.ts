import * as vscode from 'vscode';
import { commandIds } from '../contributions.ts';
import { isResumable, type RunState, type RunSummary } from '../runs/runSummary.ts';
import type { WorkspaceRuns } from '../runs/workspaceRuns.ts';
import type { RunRef } from '../services.ts';
import type { Tree } from './lazyTree.ts';
import { beganText, milliseconds, percent, runDescription, stateText } from './runTexts.ts';

const icons: Readonly<Record<RunState, [icon: string, colour?: string]>> = {
  running: ['loading~spin', 'charts.blue'],
  done: ['pass', 'testing.iconPassed'],
  stopped: ['debug-stop'],
  interrupted: ['warning', 'list.warningForeground'],
};

class RunItem extends vscode.TreeItem implements RunRef {
  readonly folder: string;

  constructor(run: RunSummary) {
    super(run.name);
    this.folder = run.folder;
    this.id = run.folder;
    this.description = `${runDescription(run)} · ${beganText(run.began, vscode.env.language)}`;
    this.tooltip = tooltip(run);
    const [icon, colour] = icons[run.state];
    this.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
    this.contextValue = contextValue(run);
    this.command = {
      command: commandIds.openViewer,
      title: vscode.l10n.t('Open Architecture Viewer'),
      arguments: [this],
    };
    this.accessibilityInformation = { label: `${run.name}, ${stateText(run.state)}, ${this.description}` };
  }
}

/** Runs, the newest first. */
export class RunsView implements Tree {
  readonly onDidChangeTreeData: vscode.Event<void>;

  constructor(private readonly runs: WorkspaceRuns) {
    this.onDidChangeTreeData = runs.onDidChange;
  }

  async items(): Promise<RunItem[]> {
    return this.runs.list.map(run => new RunItem(run));
  }
}

/** Words that the manifest's menus ask for. */
function contextValue(run: RunSummary): string {
  const { state, searched, derived, trained, reported } = run;
  const flags = { idle: state !== 'running', resumable: isResumable(run), searched, derived, trained, reported };
  return ['run', ...Object.keys(flags).filter(flag => flags[flag as keyof typeof flags])].join(' ');
}

/** Plain text: names come from files of any origin. */
function tooltip({ id, state, accuracy, latencyMs, targetMs, processor, dataset }: RunSummary): string {
  const lines = [
    id,
    stateText(state),
    targetMs === undefined ? '' : vscode.l10n.t('Target {0}', milliseconds(targetMs)),
    accuracy === undefined ? '' : vscode.l10n.t('Test accuracy {0}', percent(accuracy)),
    latencyMs === undefined ? '' : vscode.l10n.t('Latency {0}, measured on {1}', milliseconds(latencyMs), processor),
    vscode.l10n.t('Data: {0}', dataset),
  ];
  return lines.filter(Boolean).join('\n');
}
