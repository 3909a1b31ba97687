import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Cores } from '../cores.ts';

/** More would take longer to look at than they bring. */
const MOST_CORES = 4;

/** Sets the cores of a thread for every line it reads, and says whether that was done. */
const MOVER = 'while read -r cores; do taskset -p -c "$cores" "$0" > /dev/null 2>&1 && echo done || echo failed; done';

/**
 * The cores of this machine; undefined where the system has no `taskset` (it is Linux's), or lets this process on one alone.
 * Of unlike cores the large ones, which the system gives a busy thread.
 *
 * Moves are made by a shell that waits for them: a process that starts another one shares its memory with it for a moment,
 * and pays for each page of its models when it next writes to it. So this is to be called before there are any.
 */
export async function findCores(): Promise<Cores | undefined> {
  if (process.platform !== 'linux') return undefined;
  const allowed = readFileSync('/proc/self/status', 'utf8').match(/^Cpus_allowed_list:\s*(\S+)/m)?.[1] ?? '';
  const large = largest(readCoreList(allowed));
  const step = Math.ceil(large.length / MOST_CORES);
  const list = large.filter((_, i) => i % step === 0);
  if (list.length < 2) return undefined;

  const mover = spawn('sh', ['-c', MOVER, String(process.pid)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = new Promise<void>(resolve => mover.on('error', () => resolve()).on('exit', () => resolve()));
  mover.stdin.on('error', () => {});
  const answers = createInterface(mover.stdout)[Symbol.asyncIterator]();
  const move = async (cores: string): Promise<boolean> => {
    mover.stdin.write(`${cores}\n`);
    return (await Promise.race([answers.next().then(({ value }) => value), gone])) === 'done';
  };
  // Whether it can be done at all.
  if (!(await move(allowed))) {
    mover.stdin.end();
    return undefined;
  }
  return {
    list,
    move: async core => void (await move(String(core))),
    free: async () => {
      await move(allowed);
      mover.stdin.end();
      await gone;
    },
  };
}

/** `0-2,5` as the system writes it. */
export function readCoreList(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Those of the greatest capacity or frequency, as far as the system tells. */
function largest(cores: readonly number[]): number[] {
  const sizes = cores.map(core => {
    const folder = `/sys/devices/system/cpu/cpu${core}`;
    const file = [`${folder}/cpu_capacity`, `${folder}/cpufreq/cpuinfo_max_freq`].find(existsSync);
    return file === undefined ? 0 : Number(readFileSync(file, 'utf8'));
  });
  const most = Math.max(...sizes);
  return cores.filter((_, i) => sizes[i] === most);
}
