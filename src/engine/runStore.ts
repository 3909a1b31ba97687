import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { appendLine, writeFileAtomic, writeJsonAtomic, writing } from '../base/files.ts';
import type { RunEvent } from '../protocol/events.ts';

/**
 * A run is its directory: plain files a person can read, compare and delete.
 *
 * `space.nas.ts` as it ran · `run.json` settings, versions, device, seed, data hash · `events.jsonl` · `latency.json`
 * the table used · `search.json` what the search found · `derived/` architecture, weights, ONNX model, metrics ·
 * `summary.md` for people
 */
export class RunStore {
  private readonly began = performance.now();

  private constructor(readonly folder: string) {}

  /** A new run's folder, `<parent>/<time>-<name>`, or exactly `out`. */
  static create(parent: string, name: string, spaceFile: string, out?: string): RunStore {
    const time = new Date()
      .toISOString()
      .replace(/\.\d+Z$/, '')
      .replaceAll(':', '-');
    const folder = resolve(out ?? join(parent, `${time}-${name.replace(/[^\w.-]+/g, '-')}`));
    if (existsSync(join(folder, 'run.json')))
      throw new UserError(`the folder ${folder} already holds a run: choose another one with --out or delete it`);
    return writing(folder, () => {
      mkdirSync(join(folder, 'derived'), { recursive: true });
      copyFileSync(spaceFile, join(folder, 'space.nas.ts'));
      return new RunStore(folder);
    });
  }

  /** @throws UserError when the folder is not one of a run */
  static open(folder: string): RunStore {
    if (!existsSync(join(folder, 'run.json')))
      throw new UserError(`${folder} is not the folder of a run: it has no run.json (runs are under .nas/runs/)`);
    return new RunStore(resolve(folder));
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Name shown to people. */
  get name(): string {
    return basename(this.folder);
  }

  append(event: RunEvent): void {
    const at = Math.round(performance.now() - this.began) / 1000;
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
