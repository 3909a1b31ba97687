import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A file that says which process has something to itself; one left behind by a process that is gone counts for nothing. */

interface Holder {
  pid: number;
  /** When the process began, in the system's own unit: a number used again later is another process. Linux alone tells. */
  began: string | null;
}

/**
 * Takes the lock until this process ends.
 * @returns the process that has it, where it is another one that runs
 */
export function takeLock(path: string): number | undefined {
  const holder = lockHolder(path);
  if (holder === process.pid) return undefined;
  if (holder !== undefined) return holder;
  rmSync(path, { force: true });
  const own: Holder = { pid: process.pid, began: beganOf(process.pid) };
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return lockHolder(path) ?? 0;
    throw error;
  }
  process.once('exit', () => rmSync(path, { force: true }));
  return undefined;
}

/** The process that has the lock; undefined where none has, or not any more. */
export function lockHolder(path: string): number | undefined {
  let holder: Holder;
  try {
    holder = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const { pid, began } = holder ?? {};
  if (!Number.isSafeInteger(pid) || pid <= 0 || !runs(pid)) return undefined;
  return beganOf(pid) === began ? pid : undefined;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another person, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function beganOf(pid: number): string | null {
  try {
    // "pid (name) state ...", the start being the 22nd field: the name may hold anything, so its last bracket counts.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
