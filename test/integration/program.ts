import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { type RunEvent, runEventSchema } from '../../src/protocol/events.ts';

/** The built program with its real engine, trainer and profiler processes. */
const program = join(import.meta.dirname, '../../dist/proxyless.js');

/** The last line that the program prints with `--json`; what it holds depends on the command. */
export interface LastLine {
  type: string;
  message: string;
  [field: string]: unknown;
}

export interface Ended {
  status: number | null;
  stderr: string;
  last: LastLine;
}

/** Runs a command with `--json` to its end. */
export function proxyless(folder: string, ...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--json'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stderr, last: JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) };
}

/** Runs a command that is to succeed and returns its result. */
export function resultOf(folder: string, ...args: string[]): LastLine {
  const { status, stderr, last } = proxyless(folder, ...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(last.type).toBe('result');
  return last;
}

/** Runs a command that is to be refused as a person should see it: exit code 2 and one line that says why, no stack. */
export function expectRefusal(folder: string, args: string[], problem: string | RegExp): void {
  const { status, stderr, last } = proxyless(folder, ...args);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(problem);
  expect(stderr).not.toMatch(/\n? {4}at /);
  expect(last).toMatchObject({ type: 'failure', user: true, message: stderr.trimEnd() });
  expect(status).toBe(2);
}

/**
 * Starts a command and does something to it at the first event that is waited for.
 *
 * @param at what is done then; it gets the id of the program's process
 */
export async function interrupted(
  folder: string,
  args: string[],
  awaited: (event: RunEvent) => boolean,
  at: (pid: number) => void,
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args, '--json'], { cwd: folder });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  let done = false;
  createInterface({ input: child.stdout }).on('line', line => {
    const message = JSON.parse(line);
    if (done || message.type !== 'event' || !awaited(message.event)) return;
    done = true;
    at(child.pid as number);
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { status: await promise, stderr };
}

/** The events of a run's log; every line has to be whole and of the protocol. */
export function eventsOf(run: string): (RunEvent & { at: number })[] {
  const text = readFileSync(join(run, 'events.jsonl'), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map(line => {
      const { at, ...event } = JSON.parse(line);
      expect(at).toBeGreaterThanOrEqual(0);
      return { at, ...runEventSchema.parse(event) };
    });
}

/** Events of one type. */
export function only<Type extends RunEvent['type']>(
  events: readonly (RunEvent & { at: number })[],
  type: Type,
): (Extract<RunEvent, { type: Type }> & { at: number })[] {
  return events.filter(event => event.type === type) as (Extract<RunEvent, { type: Type }> & { at: number })[];
}
