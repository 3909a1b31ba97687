import * as vscode from 'vscode';
import { clock } from '../../base/duration.ts';
import { commandIds } from '../contributions.ts';
import type { EngineService } from '../engine/engineService.ts';
import type { Work } from '../engine/work.ts';

/** Milliseconds between two texts at least: each is laid out by the window and may be read aloud. */
const TEXT_MS = 500;

/** The work under way, in the status bar: stage, share, time left, and what the engine says of it. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('proxyless.status', vscode.StatusBarAlignment.Left, 50);
  private readonly listening: vscode.Disposable;
  /** Runs after a text, until the next one may come. */
  private timer: NodeJS.Timeout | undefined;
  private newer = false;

  constructor(private readonly engine: EngineService) {
    this.item.name = 'Proxyless Studio';
    this.listening = engine.onDidChange(() => this.update());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listening.dispose();
    this.item.dispose();
  }

  private update(): void {
    const work = this.engine.current;
    if (!work) this.item.hide();
    this.newer = this.timer !== undefined;
    if (this.newer || !work) return;
    this.show(work);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.newer) this.update();
    }, TEXT_MS);
  }

  private show(work: Work): void {
    this.item.text = `${icon(work)} ${statusText(work)}`;
    this.item.tooltip = [work.title, work.stage?.text, work.run].filter(Boolean).join('\n');
    const folder = work.run;
    this.item.command =
      folder === null
        ? commandIds.showLog
        : { command: commandIds.openViewer, title: vscode.l10n.t('Open Architecture Viewer'), arguments: [{ folder }] };
    this.item.accessibilityInformation = { label: `${work.title}: ${statusText(work)}` };
    this.item.show();
  }
}

function icon({ phase }: Work): string {
  return phase === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
}

/** `NAS: search 62 %, 1:40 left · epoch 3, accuracy 84.2 %, E[latency] 0.056 of 0.055 ms`. */
function statusText(work: Work): string {
  const { phase, stage, silentSeconds } = work;
  if (phase === 'stopping') return vscode.l10n.t('NAS: stopping, saving the run');
  if (silentSeconds > 0) return vscode.l10n.t('NAS: no word from the engine for {0} s', silentSeconds);
  if (!stage) return vscode.l10n.t('NAS: starting');
  const share = `${Math.floor(stage.fraction * 100)} %`;
  const left =
    stage.leftSeconds === undefined || phase === 'paused' ? '' : vscode.l10n.t(', {0} left', clock(stage.leftSeconds));
  const paused = phase === 'paused' ? vscode.l10n.t('paused, ') : '';
  return `NAS: ${paused}${stage.stage} ${share}${left}${stage.text && ` · ${stage.text}`}`;
}
