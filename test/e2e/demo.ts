// `npm run demo [-- --port N]`: VS Code with this extension and a folder of examples, for a person to try.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Installed, installWorkbench } from './install/install.ts';
import { Unavailable } from './install/unavailable.ts';
import { desktopArguments } from './workbench/desktop.ts';
import { makeProfile, type Profile } from './workbench/profile.ts';
import { startServer } from './workbench/server.ts';

const root = join(import.meta.dirname, '../..');
/** Kept from one demo to the next, with what the person wrote and ran in it. */
const folder = join(root, '.nas/demo');

await demo();

async function demo(): Promise<void> {
  const port = portOf(process.argv.slice(2));
  if (port === undefined) return refuse('usage: npm run demo [-- --port N], with N up to 65535');
  const installed = await installWorkbench({ browser: false });
  if (installed.kind === 'none') return refuse(installed.reason);
  cpSync(join(root, 'examples'), folder, { recursive: true, force: false });
  const profile = makeProfile({ extension: root });
  try {
    await open(installed, profile, port);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    refuse(`${error.message}: choose another with --port`);
  } finally {
    profile.remove();
  }
}

/** 0, which leaves the choice to the system, when none is given; undefined for anything else that was typed. */
function portOf(args: string[]): number | undefined {
  const { values, positionals } = parseArgs({ args, strict: false, options: { port: { type: 'string' } } });
  const { port = '0', ...others } = values;
  if (positionals.length > 0 || Object.keys(others).length > 0) return undefined;
  return /^\d{1,5}$/.test(String(port)) && Number(port) <= 65535 ? Number(port) : undefined;
}

/** Shows VS Code until the person ends it. */
async function open(installed: Exclude<Installed, { kind: 'none' }>, profile: Profile, port: number): Promise<void> {
  const signal = AbortSignal.any(['SIGINT', 'SIGTERM', 'SIGHUP'].map(name => abortedBy(name)));
  if (installed.kind === 'desktop') {
    const child = spawn(installed.program, desktopArguments(profile, folder), { stdio: 'ignore' });
    say('VS Code is open', 'close its window or press Ctrl-C here');
    signal.addEventListener('abort', () => child.kill());
    await once(child, 'close');
    return;
  }
  const server = await startServer(installed.server, profile, folder, port);
  say(`VS Code is at ${server.url}`, 'press Ctrl-C here');
  // The server holds the program open.
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
}

function say(where: string, ending: string): void {
  console.log(`${where}
Its folder is ${folder}; runs and changes stay there. Open a *.nas.ts file and run "NAS: Start NAS Search" with F1.
To end, ${ending}.`);
}

function abortedBy(name: string): AbortSignal {
  const controller = new AbortController();
  process.once(name, () => controller.abort());
  return controller.signal;
}

function refuse(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
