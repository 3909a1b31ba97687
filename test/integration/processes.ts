import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Processes as Linux lists them in /proc. */

/** Why tests that watch processes are left out where they are. */
export const noProcessList = process.platform === 'linux' ? undefined : 'there is no /proc on this system';

/** Ids of all processes below one. */
export function descendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && stateOf(Number(name))?.parent === pid)
    .map(Number);
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** What a process runs: its program and arguments; nothing where it is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Those still running after at most some seconds. */
export async function remaining(pids: readonly number[], seconds: number): Promise<number[]> {
  const runs = () => pids.filter(pid => !['Z', 'X', undefined].includes(stateOf(pid)?.state));
  for (let waited = 0; waited < seconds && runs().length > 0; waited += 0.1) await wait(100);
  return runs();
}

/** The process that one was started by; undefined where it is gone. */
export function parentOf(pid: number): number | undefined {
  return stateOf(pid)?.parent;
}

function stateOf(pid: number): { state: string; parent: number } | undefined {
  try {
    // "pid (name) state parent ...": the name may hold anything, so what comes after its last bracket counts.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
