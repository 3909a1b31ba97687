import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { workspace } from 'vscode';
import type { Metrics } from '../../protocol/metrics.ts';
import type { SpaceView } from '../../protocol/spaceView.ts';
import type { Curves, LiveView, ParetoPoint, RunView } from '../../protocol/viewer.ts';
import { endSentence } from '../engine/endings.ts';
import type { Work } from '../engine/work.ts';
import { derivedView, paretoPoints } from './derivedView.ts';
import { type DeviceComparison, readDeviceComparison } from './deviceComparison.ts';
import { deviceName, type RunRecord, readMetrics, readRecord, readTable, type TableView } from './runFiles.ts';
import { RunFold } from './runFold.ts';
import { RunLog } from './runLog.ts';
import { isResumable, type RunState, summariseRun } from './runSummary.ts';
import { choiceSizes } from './spaceOfLog.ts';
import { zeros } from './tables.ts';
import { vitalsOf } from './vitals.ts';

/** Milliseconds between two looks at the small files of a run that is being worked on. */
const FILES_MS = 2000;

/** A run as the viewer shows it, live or finished, from its folder and from the engine that works on it, if one does. */
export class RunModel {
  readonly id: string;
  /** The engine of this window that works on it, or did last. */
  work: Work | undefined;
  /** The space as the file has it, until the run itself says what it is. */
  expectedSpace: SpaceView | undefined;
  /** Finished runs of the same data on the same device. */
  earlier: ParetoPoint[] = [];
  private log: RunLog | undefined;
  private readonly nothing = new RunFold();
  private record: RunRecord | undefined;
  private metrics: Metrics | undefined;
  private table: TableView | undefined;
  private deviceComparison: DeviceComparison | undefined;
  private state: RunState = 'running';
  private resumable = false;
  private filesRead = 0;
  private closed = false;

  constructor(readonly folder: string) {
    this.id = basename(folder);
  }

  /** Whether there is anything to show. */
  get exists(): boolean {
    return this.record !== undefined || this.work !== undefined;
  }

  /** Whether somebody works on it. */
  get running(): boolean {
    return this.work ? this.work.outcome === undefined : this.state === 'running' && this.record !== undefined;
  }

  /** What the run calls itself. */
  get name(): string {
    return this.record?.name || this.space.name || this.id;
  }

  /** When it began, as its record says; empty where there is none yet. */
  get startedAt(): string {
    return this.record?.began ?? '';
  }

  /** Takes what is new. @returns whether the log has grown */
  async refresh(): Promise<boolean> {
    const now = Date.now();
    if (now - this.filesRead >= FILES_MS || !this.running) {
      this.filesRead = now;
      await this.readFiles();
    }
    if (this.closed) return false;
    if (this.log) return this.log.poll();
    this.log = await RunLog.open(join(this.folder, 'events.jsonl'));
    if (this.closed) await this.log?.close();
    return this.log !== undefined;
  }

  /** Reads the past of a long log. @param onProgress called now and then, when there is more of the curves */
  async readPast(onProgress: () => void): Promise<void> {
    await this.log?.readPast(onProgress);
  }

  async curves(points: number, range?: { from: number; to: number }): Promise<Curves> {
    return this.log ? this.log.curves(points, range) : { from: 0, to: 0, series: {} };
  }

  async replay(step: number): Promise<LiveView> {
    return this.log ? this.log.replay(step) : this.nothing.live();
  }

  view(): RunView {
    const { fold, space, metrics, table, work, name, startedAt } = this;
    const outcome = work?.outcome;
    return {
      id: this.id,
      name,
      startedAt,
      seed: this.record?.seed ?? fold.seed,
      dataset: this.record?.dataset.name ?? '',
      trusted: workspace.isTrusted,
      resumable: this.resumable,
      device: this.deviceText(space),
      space,
      vitals: vitalsOf(work, fold, this.state),
      ...(fold.space.blocks.length > 0
        ? { live: fold.live(), restrictions: fold.restrictions }
        : undecided(space, fold.live())),
      derived: derivedView(fold, metrics),
      pareto: paretoPoints(fold, metrics, this.earlier),
      inherited: fold.inherited,
      tableCheck: table?.networks.filter(({ heldOut }) => heldOut) ?? [],
      deviceComparison: this.deviceComparison ?? null,
      warnings: fold.warnings,
      failure: outcome ? endSentence(outcome) : null,
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.log?.close();
  }

  private get fold(): RunFold {
    return this.log?.fold ?? this.nothing;
  }

  /** What the log says of it, or what is expected before it does. */
  private get space(): SpaceView {
    const { space } = this.fold;
    return space.blocks.length > 0 ? space : (this.expectedSpace ?? space);
  }

  private async readFiles(): Promise<void> {
    const summary = await summariseRun(this.folder, this.work !== undefined && this.work.outcome === undefined);
    if (!summary) return;
    this.state = summary.state;
    this.resumable = isResumable(summary);
    this.record = await readRecord(this.folder);
    this.metrics = await readMetrics(this.folder);
    this.deviceComparison = await readDeviceComparison(this.folder);
    this.table ??= await readTable(join(this.folder, 'latency.json'));
  }

  /** The machine that is measured. Saved runs do not tell its name on the network, so only this one's is said. */
  private deviceText({ device }: SpaceView): string {
    const text = device || (this.record?.device ? deviceName(this.record.device) : '');
    return this.running ? [hostname(), text].filter(Boolean).join(': ') : text;
  }
}

/** A space of which nothing is known yet: all candidates alike. */
function undecided(space: SpaceView, live: LiveView): Pick<RunView, 'live' | 'restrictions'> {
  const sizes = choiceSizes(space);
  const probabilities = sizes.map(size => new Array<number>(size).fill(1 / size));
  return {
    live: { ...live, probabilities, accuracyPull: zeros(sizes), latencyPull: zeros(sizes) },
    restrictions: { locked: sizes.map(() => null), banned: sizes.map(() => []) },
  };
}
