import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { CodeServer } from '../install/codeServer.ts';
import { Unavailable } from '../install/unavailable.ts';
import type { Profile } from './profile.ts';

export interface Server {
  /** The address of the window, with the folder opened. */
  url: string;
  pid: number;
  close(): Promise<void>;
}

/** Seconds that code-server and all that comes from it get to end in order. */
const PATIENCE = 10;

/**
 * Starts code-server on this machine alone, without a password.
 *
 * @param port default: one that is free
 * @throws `Unavailable` when the port is taken
 */
export async function startServer(
  { node, script }: CodeServer,
  profile: Profile,
  folder: string,
  port = 0,
): Promise<Server> {
  const args = [
    script,
    ...['--config', join(profile.root, 'config.yaml')],
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    folder,
  ];
  const env = { ...ownEnvironment(), XDG_DATA_HOME: profile.root };
  // A process group of its own, by which all that comes from it can be found when it has ended.
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  // A program that ends without closing it, as when a test runs out of time, must not leave it behind.
  process.once('exit', () => signalGroup(child, 'SIGKILL'));
  const address = await listening(child);
  return {
    url: `${address}?folder=${encodeURIComponent(folder).replaceAll('%2F', '/')}`,
    pid: child.pid as number,
    close: () => end(child),
  };
}

/** Without what a terminal inside VS Code sets: code-server would hand the folder to that window, and end. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = (name: string) => name.startsWith('VSCODE_') || name.startsWith('npm_') || name === 'NODE_OPTIONS';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

/** The address it says it listens at. */
async function listening(child: ChildProcess): Promise<string> {
  const printed: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', line => {
      printed.push(line);
      const address = /HTTP server listening on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  }
  child.on('error', reject);
  child.on('close', status => {
    const text = printed.join('\n');
    const taken = /EADDRINUSE.*?(\d+)$/m.exec(text)?.[1];
    reject(taken ? new Unavailable(`port ${taken} is taken`) : new Error(`code-server ended with ${status}:\n${text}`));
  });
  return promise;
}

/**
 * Ends it in order; an engine of the extension may save its work. An extension host that was just being started is left
 * waiting for its window when the server ends, so what then still runs is killed.
 */
async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  for (let waited = 0; waited < PATIENCE * 1000 && signalGroup(child, 0); waited += 100) await wait(100);
  signalGroup(child, 'SIGKILL');
}

/** False when no process is left in the group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-(child.pid as number), signal);
  } catch {
    return false;
  }
}
