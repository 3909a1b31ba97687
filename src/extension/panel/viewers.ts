import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import type { SpaceView } from '../../protocol/spaceView.ts';
import { VIEWER_PANEL } from '../contributions.ts';
import type { EngineService } from '../engine/engineService.ts';
import type { Work } from '../engine/work.ts';
import { RunModel } from '../runs/runModel.ts';
import type { WorkspaceRuns } from '../runs/workspaceRuns.ts';
import { type PanelOptions, ViewerPanel } from './viewerPanel.ts';

/** What the page keeps over reloads, as far as it is needed to open it again. */
const savedSchema = z.object({ run: z.string().min(1).max(255) });

/** Where the viewer is the first thing to stand beside the code: lines of code are short, the graph is wide. */
const codeAndViewer = { orientation: 0, groups: [{ size: 0.38 }, { size: 0.62 }] };

/** The viewers that are open, one for each run. */
export class Viewers implements vscode.Disposable {
  private readonly open = new Map<string, ViewerPanel>();
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly engine: EngineService,
    private readonly runs: WorkspaceRuns,
    private readonly options: PanelOptions,
  ) {
    this.disposables = [
      engine.onDidChange(work => this.workChanged(work)),
      runs.onDidChange(() => this.runsChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.runsChanged()),
    ];
  }

  /** The run of the viewer that is in front. */
  get active(): string | undefined {
    return [...this.open.values()].find(({ panel }) => panel.active)?.model.folder;
  }

  /** Opens a run's viewer, or brings it to the front. @param space what is expected of it, before the run says so itself */
  show(folder: string, space?: SpaceView): ViewerPanel {
    const existing = this.open.get(folder);
    if (existing) {
      existing.panel.reveal(undefined, true);
      return existing;
    }
    const beside = vscode.window.activeTextEditor !== undefined;
    const alone = vscode.window.tabGroups.all.length === 1;
    const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(VIEWER_PANEL, basename(folder), { viewColumn, preserveFocus: true });
    if (beside && alone) void vscode.commands.executeCommand('vscode.setEditorLayout', codeAndViewer);
    return this.attach(panel, folder, space);
  }

  /** The space of a run that has not begun to log. */
  expect(folder: string, space: SpaceView): void {
    const viewer = this.open.get(folder);
    if (!viewer) return;
    viewer.model.expectedSpace = space;
    viewer.update();
  }

  compare(folder: string, other: string): Promise<void> {
    return this.show(folder).compare(new RunModel(other));
  }

  /** Takes over a panel that VS Code kept over a reload. @param state what its page saved */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = savedSchema.safeParse(state).data;
    await this.runs.refresh();
    // A name that came from a page must not lead anywhere else.
    const id = saved && basename(saved.run);
    const folder = (id && this.runs.find(id)?.folder) ?? join(defaultRuns(), id ?? 'unknown');
    if (this.open.has(folder)) panel.dispose();
    else this.attach(panel, folder);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private attach(panel: vscode.WebviewPanel, folder: string, space?: SpaceView): ViewerPanel {
    const model = new RunModel(folder);
    const { current } = this.engine;
    if (current?.run === folder) model.work = current;
    model.expectedSpace = space;
    model.earlier = this.runs.besides(model.id);
    const viewer = new ViewerPanel(panel, model, this.options);
    this.open.set(folder, viewer);
    panel.onDidDispose(() => this.open.delete(folder));
    return viewer;
  }

  private workChanged(work: Work): void {
    const viewer = work.run === null ? undefined : this.open.get(work.run);
    if (!viewer) return;
    viewer.model.work = work;
    viewer.update();
  }

  private runsChanged(): void {
    for (const viewer of this.open.values()) {
      viewer.model.earlier = this.runs.besides(viewer.model.id);
      viewer.update();
    }
  }
}

function defaultRuns(): string {
  return join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', '.nas', 'runs');
}
