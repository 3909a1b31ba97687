import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { appendLine, writeFileAtomic, writeJsonAtomic, writing } from '../../base/files.ts';
import type { RunEvent } from '../../protocol/events.ts';

/**
 * A run is its directory: plain files a person can read, compare and delete.
 *
 * `space.nas.ts` as it ran · `run.json` settings, versions, device, seed, data hash · `events.jsonl` · `latency.json`
 * the table used · `search.json` what the search found · `derived/` architecture, weights, ONNX model, metrics ·
 * `summary.md` for people
 */
export class RunStore {
  private constructor(
    readonly folder: string,
    /** When the run began, milliseconds since 1970. */
    private readonly began: number,
  ) {}

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
      throw new UserError(`the folder ${folder} already holds a run: choose another one with --out or delete it`);
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

  append(event: RunEvent): void {
    const at = (Date.now() - this.began) / 1000;
    writing(this.folder, () => appendLine(this.path('events.jsonl'), JSON.stringify({ at, ...event })));
  }

  writeJson(name: string, value: unknown): void {
    writing(this.folder, () => writeJsonAtomic(this.path(name), value));
  }

  writeFile(name: string, content: string | Uint8Array): void {
    writing(this.folder, () => writeFileAtomic(this.path(name), content));
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
