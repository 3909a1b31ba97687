import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lockHolder } from '../../base/processLock.ts';
import { parseLine } from './logEvents.ts';
import { isFile, readTail } from './regularFile.ts';
import { readMetrics, readRecord } from './runFiles.ts';

/** How a run stands, as far as its folder tells. */
export type RunState = 'running' | 'done' | 'stopped' | 'interrupted';

/** A run in a list. */
export interface RunSummary {
  folder: string;
  /** The folder's own name. */
  id: string;
  name: string;
  /** The search-space file it was started with. */
  file: string;
  began: string;
  state: RunState;
  /** Undefined where no latency is asked for. */
  targetMs: number | undefined;
  dataset: string;
  processor: string;
  accuracy: number | undefined;
  /** Undefined also where no device was at hand. */
  latencyMs: number | undefined;
  /** Whether it has saved something to go on from. */
  saved: boolean;
  /** What it has been through. */
  searched: boolean;
  derived: boolean;
  trained: boolean;
  reported: boolean;
}

/** The engine's own is some dozen bytes. */
const LARGEST_LOCK = 1000;

/** @param atWork whether this window's engine works on it */
export async function summariseRun(folder: string, atWork: boolean): Promise<RunSummary | undefined> {
  const record = await readRecord(folder);
  if (!record) return undefined;
  const [metrics, lastEvent, searched, derived, trained, reported] = await Promise.all([
    readMetrics(folder),
    lastEventOf(join(folder, 'events.jsonl')),
    ...['search.json', 'derived/architecture.json', 'derived/weights.safetensors', 'summary.md'].map(name =>
      isFile(join(folder, name)),
    ),
  ]);
  const saved = searched || (await hasCheckpoint(folder));
  const running = atWork || (await isRunning(folder));
  return {
    folder,
    id: basename(folder),
    name: record.name || basename(folder),
    file: record.file,
    began: record.began,
    state: running ? 'running' : metrics && reported ? 'done' : lastEvent === 'stopped' ? 'stopped' : 'interrupted',
    targetMs: record.targetMs,
    dataset: record.dataset.name,
    processor: record.device?.processor ?? '',
    accuracy: metrics?.testAccuracy,
    latencyMs: metrics?.latencyMs?.measured,
    saved,
    searched,
    derived,
    trained,
    reported,
  };
}

/** A run that can be gone on with. */
export function isResumable({ state, saved }: Pick<RunSummary, 'state' | 'saved'>): boolean {
  return saved && (state === 'stopped' || state === 'interrupted');
}

/** Whether some process, of this window or another, works on a run. */
export async function isRunning(folder: string): Promise<boolean> {
  const lock = join(folder, 'running.json');
  const found = await stat(lock).catch(() => undefined);
  return found?.isFile() === true && found.size < LARGEST_LOCK && lockHolder(lock) !== undefined;
}

async function hasCheckpoint(folder: string): Promise<boolean> {
  const names = await readdir(join(folder, 'checkpoints')).catch(() => []);
  return names.some(name => name.endsWith('.safetensors'));
}

async function lastEventOf(log: string): Promise<string | undefined> {
  const lines = (await readTail(log, 4096)).trimEnd().split('\n');
  return parseLine(lines[lines.length - 1])?.type;
}
