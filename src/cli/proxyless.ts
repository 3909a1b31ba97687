#!/usr/bin/env node
import { join } from 'node:path';
import { version } from '../../package.json';
import { UserError } from '../base/errors.ts';
import { type Invocation, parseArguments } from './arguments.ts';
import { helpText } from './commands.ts';
import { jsonOutput } from './jsonOutput.ts';
import { run } from './run.ts';
import { terminalOutput } from './terminalOutput.ts';

const OLDEST_NODE = 22;
const { stdout, stderr } = process;
const stopping = new AbortController();

// Once: at the second Ctrl-C this process is gone at once, and the engine ends by itself all the same.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
// A reader that has gone, as `head` does, wants no more.
for (const stream of [stdout, stderr]) stream.on('error', () => stopping.abort());

try {
  checkNode();
  process.exitCode = await invoke(parseArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  stderr.write(`${error.describe()}\n`);
  process.exitCode = 2;
}

function checkNode(): void {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return;
  throw new UserError(
    `This needs Node ${OLDEST_NODE} or newer, but runs on ${process.version}; in a clone, npx proxyless finds a newer one.`,
  );
}

async function invoke(invocation: Invocation): Promise<number> {
  switch (invocation.do) {
    case 'help':
      stdout.write(helpText() + '\n');
      return 0;
    case 'version':
      stdout.write(version + '\n');
      return 0;
    case 'run': {
      const output = invocation.json
        ? jsonOutput(stdout, stderr)
        : terminalOutput(stdout, stderr, { colours: !process.env.NO_COLOR });
      const script = join(import.meta.dirname, 'engine.js');
      return run(invocation.request, output, { script, signal: stopping.signal });
    }
  }
}
