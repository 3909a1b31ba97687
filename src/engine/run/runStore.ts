import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { writeFileAtomic, writeJsonAtomic, writing } from '../../base/files.ts';
import { takeLock } from '../../base/processLock.ts';
import type { NamedTensor } from '../../export/safetensors.ts';
import { writeTensorFile } from '../../export/tensorFile.ts';
import type { LoggedEvent, RunEvent } from '../../protocol/events.ts';
import { EventLog } from './eventLog.ts';

/**
 * A run is its directory: plain files a person can read, compare and delete.
 *
 * `space.nas.ts` as it ran · `run.json` settings, versions, device, seed, data hash · `events.jsonl` · `latency.json`
 * the table used, `latency.yaml` where others published it · `checkpoints/` where the search stands · `search.json` what
 * it found · `derived/` architecture, weights, ONNX model, metrics · `summary.md` for people · `devices.json` how other
 * devices compare · `running.json` the process at work on it
 */
export class RunStore {
  private constructor(
    readonly folder: string,
    /** When the run began, milliseconds since 1970. */
    private readonly began: number,
  ) {
    this.log = new EventLog(join(folder, 'events.jsonl'));
  }

  readonly log: EventLog;

  /** A new run's folder, `<parent>/<time>-<name>`, or exactly `out`. */
  static create(parent: string, name: string, spaceFile: string, out?: string): RunStore {
    const time = new Date()
      .toISOString()
      .replace(/\.\d+Z$/, '')
      .replaceAll(':', '-');
    const folder = resolve(out ?? join(parent, `${time}-${name.replace(/[^\w.-]+/g, '-')}`));
    RunStore.checkFree(folder);
    return writing(folder, () => {
      mkdirSync(join(folder, 'derived'), { recursive: true });
      copyFileSync(spaceFile, join(folder, 'space.nas.ts'));
      return new RunStore(folder, Date.now());
    });
  }

  /** @throws UserError when the folder holds a run already */
  static checkFree(folder: string): void {
    if (existsSync(join(folder, 'run.json')))
      throw new UserError(
        `the folder ${folder} already holds a run: resume it, choose another folder with --out, or delete it`,
      );
  }

  /** Has the run to this process alone, until it ends. @throws UserError when another one is at work on it */
  take(): void {
    const holder = writing(this.folder, () => takeLock(this.path('running.json')));
    if (holder !== undefined)
      throw new UserError(
        `the run ${this.folder} is still running (process ${holder}): stop it first or wait for its end`,
      );
  }

  /** @throws UserError when the folder is not one of a run */
  static open(folder: string): RunStore {
    if (!existsSync(join(folder, 'run.json')))
      throw new UserError(`${folder} is not the folder of a run: it has no run.json (runs are under .nas/runs/)`);
    return new RunStore(resolve(folder), beganOf(folder));
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** @returns the event as it stands in the log */
  append(event: RunEvent): LoggedEvent {
    const logged = { at: (Date.now() - this.began) / 1000, ...event };
    writing(this.folder, () => this.log.append(JSON.stringify(logged)));
    return logged;
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  writeJson(name: string, value: unknown): void {
    writing(this.folder, () => writeJsonAtomic(this.path(name), value));
  }

  writeFile(name: string, content: string | Uint8Array): void {
    writing(this.folder, () => writeFileAtomic(this.path(name), content));
  }

  /** @param tensors as `writeTensorFile` takes them */
  writeTensors(name: string, tensors: () => Iterable<NamedTensor>, remark = ''): void {
    writing(this.folder, () => writeTensorFile(this.path(name), tensors, remark));
  }

  /** @throws UserError naming the file and what would make it, when it is missing or damaged */
  readJson<T>(name: string, madeBy: string, check: (value: unknown) => T): T {
    const file = this.path(name);
    if (!existsSync(file)) throw new UserError(`${file} is missing: ${madeBy}`);
    try {
      return check(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      throw new UserError(`${file} is damaged: ${madeBy}`);
    }
  }
}

/** When an opened run began; a record that cannot be read is reported by who needs more of it than this. */
function beganOf(folder: string): number {
  try {
    const { began } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { began: string };
    return Date.parse(began) || Date.now();
  } catch {
    return Date.now();
  }
}
