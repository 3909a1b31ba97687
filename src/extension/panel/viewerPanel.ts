import * as vscode from 'vscode';
import { type FromPage, fromPageSchema, type ToPage } from '../../protocol/viewer.ts';
import { VIEWER_VERSION } from '../../protocol/viewerNames.ts';
import { commandIds, viewerCommands } from '../contributions.ts';
import type { RunModel } from '../runs/runModel.ts';
import { pageFolder, pageHtml } from './html.ts';
import { type CurvesRequest, curvesOf, RunFeed } from './runFeed.ts';

const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const;

export interface PanelOptions {
  extension: vscode.Uri;
  /** Reveals a place of a run's space in the editor. */
  reveal(model: RunModel, block: number, candidate: number | null): Promise<void>;
  log: vscode.LogOutputChannel;
}

/** A screen that the host may go to. */
type Screen = Extract<ToPage, { type: 'show' }>['screen'];

/** One viewer: a page, and the run that it shows. The page may be taken away and made anew at any time. */
export class ViewerPanel {
  private readonly feed: RunFeed;
  private compared: RunModel | undefined;
  private curvesAsked: CurvesRequest | undefined;
  private ready = false;
  /** A screen to go to once the page is there. */
  private wanted: Screen | undefined;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly model: RunModel,
    private readonly options: PanelOptions,
  ) {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(options.extension)] };
    panel.iconPath = vscode.Uri.joinPath(options.extension, 'media', 'icon.svg');
    const onProblem = (problem: unknown) => options.log.error(problem instanceof Error ? problem : String(problem));
    this.feed = new RunFeed(model, message => this.post(message), onProblem);
    webview.onDidReceiveMessage(raw => {
      const { data, error } = fromPageSchema.safeParse(raw);
      if (data) this.answer(data).catch(onProblem);
      else options.log.warn(`The viewer's page sent a message that is not of the protocol: ${error.message}`);
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.hide();
    });
    panel.onDidDispose(() => {
      this.hide();
      void model.close();
      void this.compared?.close();
    });
    webview.html = pageHtml(webview, options.extension);
  }

  /** The run has changed, or the engine that works on it has said something. */
  update(): void {
    this.showTitle();
    this.feed.schedule();
  }

  /** Sets another run beside this one. */
  async compare(model: RunModel): Promise<void> {
    await this.compared?.close();
    this.compared = model;
    if (this.ready) await this.sendCompared();
  }

  /** Goes to a screen: there is news on it. */
  goTo(screen: Screen): void {
    this.wanted = screen;
    if (this.ready) this.sendWanted();
  }

  /** With the time of day to the second: runs of the same space stand side by side. */
  private showTitle(): void {
    const { name, startedAt } = this.model;
    const time = new Date(startedAt);
    const title = Number.isNaN(time.getTime())
      ? name
      : `${name} ${time.toLocaleTimeString(vscode.env.language, clock)}`;
    if (this.panel.title !== title) this.panel.title = title;
  }

  private hide(): void {
    this.ready = false;
    this.feed.pause();
  }

  private async answer(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.begin();
      case 'shown':
        return this.feed.shown();
      case 'action':
        await vscode.commands.executeCommand(commandIds[viewerCommands[message.action]], { folder: this.model.folder });
        return;
      case 'steer':
        return this.steer(message);
      case 'curves':
        this.curvesAsked = message;
        await this.feed.curves(message);
        return this.sendComparedCurves();
      case 'replay':
        if (message.step !== null) this.post({ type: 'replay', live: await this.model.replay(message.step) });
        return;
      case 'reveal':
        return this.options.reveal(this.model, message.block, message.candidate);
    }
  }

  private async begin(): Promise<void> {
    this.ready = true;
    await this.model.refresh();
    if (!this.model.exists) {
      const text = vscode.l10n.t(
        'The run {0} is not there any more. Choose another one in the view Runs.',
        this.model.id,
      );
      return this.post({ type: 'empty', version: VIEWER_VERSION, text });
    }
    this.showTitle();
    await this.feed.start();
    this.sendWanted();
    await this.sendCompared();
  }

  private sendWanted(): void {
    if (this.wanted) this.post({ type: 'show', screen: this.wanted });
    this.wanted = undefined;
  }

  private steer({ block, candidate, action }: Extract<FromPage, { type: 'steer' }>): void {
    const { work } = this.model;
    if (work?.steerable && !work.outcome) work.steer({ block, candidate, action });
    else
      this.post({
        type: 'notice',
        text: vscode.l10n.t('Only a search of this window that is under way can be steered.'),
      });
  }

  private async sendCompared(): Promise<void> {
    if (!this.compared) return;
    await this.compared.refresh();
    this.post({ type: 'compare', run: this.compared.view() });
    await this.sendComparedCurves();
    // Of a long log there is the end only, until its past is read.
    await this.compared.readPast(() => {});
    await this.sendComparedCurves();
  }

  private async sendComparedCurves(): Promise<void> {
    const { compared, curvesAsked } = this;
    if (!compared || !curvesAsked) return;
    this.post({ type: 'comparedCurves', ...(await compared.curves(...curvesOf(curvesAsked))) });
  }

  private post(message: ToPage): void {
    if (this.ready) void this.panel.webview.postMessage(message);
  }
}
