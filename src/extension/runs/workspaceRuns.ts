import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ParetoPoint } from '../../protocol/viewer.ts';
import { contextKeys } from '../contributions.ts';
import { isResumable, type RunSummary, summariseRun } from './runSummary.ts';

/** Runs of one folder that are listed; the newest. */
const MOST_RUNS = 500;
/** Earlier runs that the viewer sets a run beside. */
const MOST_EARLIER = 30;
/** Milliseconds that changes on the disk are gathered for: a run writes several files at once. */
const GATHER_MS = 300;

/** The runs in the workspace's folders, the newest first, as they are on the disk. */
export class WorkspaceRuns implements vscode.Disposable {
  list: readonly RunSummary[] = [];
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private readonly disposables: vscode.Disposable[] = [this.changes];
  private timer: NodeJS.Timeout | undefined;

  /** @param runAtWork folder of the run that this window's engine works on */
  constructor(private readonly runAtWork: () => string | null) {
    const later = () => this.refreshSoon();
    for (const pattern of ['**/.nas/runs/*', '**/.nas/runs/*/*.{json,md}', '**/.nas/runs/*/derived/*']) {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      this.disposables.push(
        watcher,
        watcher.onDidCreate(later),
        watcher.onDidDelete(later),
        watcher.onDidChange(later),
      );
    }
    this.disposables.push(vscode.workspace.onDidChangeWorkspaceFolders(later));
  }

  /** The run in a folder with this name; its id, as the viewer keeps it. */
  find(id: string): RunSummary | undefined {
    return this.list.find(run => run.id === id);
  }

  async refresh(): Promise<void> {
    const atWork = this.runAtWork();
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const lists = await Promise.all(folders.map(({ uri }) => runsIn(join(uri.fsPath, '.nas', 'runs'), atWork)));
    this.list = lists.flat().sort((a, b) => b.id.localeCompare(a.id));
    const set = (key: string, value: boolean) => vscode.commands.executeCommand('setContext', key, value);
    void set(contextKeys.hasRuns, this.list.length > 0);
    void set(contextKeys.hasInterrupted, this.list.some(isResumable));
    this.changes.fire();
  }

  refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.refresh();
    }, GATHER_MS);
  }

  /** What other runs found on the same data and the same kind of processor. */
  besides(id: string): ParetoPoint[] {
    const own = this.find(id);
    return this.list
      .filter(run => run.id !== id && (!own || (run.dataset === own.dataset && run.processor === own.processor)))
      .flatMap(({ id: name, accuracy, latencyMs }): ParetoPoint[] => {
        const finished = accuracy !== undefined && latencyMs !== undefined;
        return finished ? [{ name, kind: 'earlier', accuracy, latencyMs, measured: true }] : [];
      })
      .slice(0, MOST_EARLIER);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }
}

async function runsIn(parent: string, atWork: string | null): Promise<RunSummary[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  // Their names begin with the time.
  const names = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  const newest = names.sort().slice(-MOST_RUNS);
  const runs = await Promise.all(newest.map(name => summariseRun(join(parent, name), join(parent, name) === atWork)));
  return runs.filter(run => run !== undefined);
}

/** A new run's folder, named by the time and by its search space. */
export async function newRunFolder(cwd: string, name: string): Promise<string> {
  const runs = join(cwd, '.nas', 'runs');
  await mkdir(runs, { recursive: true });
  // Runs and caches are made, not written: nobody wants them in a repository by accident.
  await writeFile(join(dirname(runs), '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
  return join(runs, `${time}-${name.replace(/[^\w.-]+/g, '-')}`);
}
