import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is installed for the tests is kept here, outside the checkout, so that every clone finds it. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'proxyless-studio');

/**
 * A folder of the cache, filled when it is not there. It is filled under another name and renamed, so that what exists
 * is complete: an install that was cut off is begun again, and two at once do no harm.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  removeAbandoned(name);
  const partial = `${folder}.partial.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    await fill(partial);
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Removes what installs that are no longer running have left behind. */
function removeAbandoned(name: string): void {
  const prefix = `${name}.partial.`;
  const parent = dirname(join(cacheFolder, name));
  for (const entry of existsSync(parent) ? readdirSync(parent) : []) {
    if (!entry.startsWith(prefix) || isRunning(Number(entry.slice(prefix.length)))) continue;
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
