import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import type { ProfilerMessage } from '../profilerMessages.ts';
import { encodeFrame, frameReader } from './frames.ts';
import { type Connect, endOf } from './link.ts';

export interface SshOptions {
  host: string;
  /** The built `profilerAgent.ts`. */
  agent: string;
  /** The runtime that should be there, `onnxruntime-node 1.30.0`. */
  runtime(): Promise<string>;
}

/**
 * Run by Node over there: reads the agent from standard input (its length on a line of its own, then its text), puts it into
 * a cache folder, from where it finds the onnxruntime-node installed there, and runs it with what comes after.
 */
const bootstrap = `
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'proxyless-studio');
let got = Buffer.alloc(0);
const take = async chunk => {
  got = Buffer.concat([got, chunk]);
  const line = got.indexOf(10);
  const end = line + 1 + Number(got.subarray(0, line));
  if (line < 0 || got.length < end) return;
  process.stdin.off('data', take).pause();
  const file = join(folder, 'agent-' + process.pid + '.mjs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, got.subarray(line + 1, end));
  process.on('exit', () => rmSync(file, { force: true }));
  if (got.length > end) process.stdin.unshift(got.subarray(end));
  await import(pathToFileURL(file));
};
process.stdin.on('data', take);
`;

/** Quoted so that any shell over there, also that of Windows, passes it on as it is. */
const program = `node -e "import('data:text/javascript;base64,${Buffer.from(bootstrap).toString('base64')}')"`;

/** Never asks for a password, which nobody would see; notices a machine that is gone. */
const sshOptions = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=15'];

/**
 * A profiler on another machine, through the person's own OpenSSH: their keys, their configuration. Needs Node there, and
 * onnxruntime-node in the cache folder; what is missing is said with the command that brings it.
 */
export function overSsh({ host, agent, runtime }: SshOptions): Connect {
  return (request, onMessage) => {
    const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
    const child = spawn('ssh', [...sshOptions, host, program]);
    let complaint = '';
    let ready = false;
    let missing = false;
    const script = readFileSync(agent);
    // A failure to write means that the connection is gone, which 'close' tells.
    child.stdin.on('error', () => {});
    child.stdin.write(`${script.length}\n`);
    child.stdin.write(script);
    child.stdout.on(
      'data',
      frameReader(raw => {
        const message = raw as ProfilerMessage;
        if (message.type === 'ready') {
          ready = true;
          child.stdin.write(encodeFrame(request));
        } else if (message.type === 'failed' && message.runtimeMissing) missing = true;
        else onMessage(message);
      }),
    );
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    child.on('error', () => reject(new UserError('there is no ssh program on this machine: install OpenSSH')));
    child.on('close', (code, signal) => {
      if (missing) void runtime().then(name => reject(new UserError(noRuntime(host, name))), reject);
      else if (!ready && signal === null) reject(new UserError(whyNot(host, code, complaint)));
      else resolve(endOf(code, signal));
    });
    return { ended, kill: () => child.kill('SIGKILL') };
  };
}

function noRuntime(host: string, runtime: string): string {
  const [name, version] = runtime.split(' ');
  const folder = '~/.cache/proxyless-studio';
  return (
    `${host} has no ${name}: install it there with ` +
    `ssh ${host} "ONNXRUNTIME_NODE_INSTALL=skip npm install --prefix ${folder} ${name}@${version}"`
  );
}

function whyNot(host: string, code: number | null, complaint: string): string {
  const last = complaint.trim().split('\n').at(-1)?.trim() ?? '';
  // What ssh itself ends with, whatever went wrong on the way.
  if (code === 255)
    return `${host} cannot be reached (${last.replace(/\.$/, '') || 'ssh says nothing'}): try ssh ${host} in a terminal`;
  if (code === 127 || /not found|not recognized/i.test(complaint))
    return `${host} has no node on the path of its login: install Node 20 or newer there, or put it on the path of shells without a terminal`;
  return `the profiler does not start on ${host} (${last || `exit code ${code}`}): it needs Node 20 or newer there`;
}
