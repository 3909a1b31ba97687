import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How much of an installer's output is kept to explain a failure. */
const KEPT_LINES = 15;

export interface Ended {
  ok: boolean;
  /** The last lines of what it printed. */
  output: string;
}

/** Runs a program to its end without showing what it prints. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let lines: string[] = [];
  const keep = (text: string) => {
    lines = [...lines, ...text.split('\n').filter(line => line.trim() !== '')].slice(-KEPT_LINES);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.on('error', error => {
    keep(error.message);
    resolve(false);
  });
  child.on('close', status => resolve(status === 0));
  const ok = await promise;
  return { ok, output: lines.join('\n') };
}

/** The path of the first of some programs that can be run by its name. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
