import type { ChildProcess, ForkOptions } from 'node:child_process';
import { residentHeap } from '../base/residentHeap.ts';
import type { Control, Steering } from './control.ts';
import {
  type EngineMessage,
  type EnginePhase,
  type EngineRequest,
  type EngineResult,
  messageSchema,
  type Opening,
  otherVersion,
  PROTOCOL_VERSION,
} from './messages.ts';

/** What an engine tells while it works. */
export type WorkMessage = Exclude<EngineMessage, { type: 'ready' | 'result' | 'failure' | 'stopped' }>;

/** How an engine's work ended. */
export type Outcome =
  | { type: 'result'; result: EngineResult }
  | Extract<EngineMessage, { type: 'failure' }>
  /** Stopped from here; with the folder of a run that can be resumed, if there is one. */
  | { type: 'stopped'; run: string | null }
  /** The process is gone without a word; `output` is the end of what it printed. */
  | { type: 'died'; code: number | null; signal: NodeJS.Signals | null; output: string };

/** How an engine's script is to be forked. @param env the environment it is to have, besides how it keeps its heap */
export function engineForkOptions(env: NodeJS.ProcessEnv = process.env): ForkOptions {
  return {
    env: { ...residentHeap, ...env },
    // No flags of this process: a debugger's would make the child wait.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in a terminal reaches the program in front only, which then lets the engine end in order.
    detached: true,
    windowsHide: true,
  };
}

export interface EngineClientOptions {
  /** Batches of events count as handled when this returns. */
  onMessage(message: WorkMessage): void;
  /** A line that the process printed: a person's `console.log`, a complaint of native code. */
  onOutput?(line: string): void;
  /** Milliseconds until an engine that was told to stop is killed: 3,000, and 60,000 where it has a run to save. */
  graceMs?: number;
}

const OUTPUT_LINES = 50;
const GRACE_MS = 3000;
const SAVING_GRACE_MS = 60_000;

/** One engine process at work on one request, seen from whoever forked it (with `engineForkOptions`). */
export class EngineClient {
  /** How the work ended; never rejects. */
  readonly ended: Promise<Outcome>;
  /** The folder of the run, once there is one. */
  run: string | null = null;
  phase: EnginePhase = 'running';
  private outcome: Outcome | undefined;
  private stopping = false;
  private killing: ReturnType<typeof setTimeout> | undefined;
  private readonly printed: string[] = [];

  constructor(
    private readonly child: ChildProcess,
    request: EngineRequest,
    private readonly options: EngineClientOptions,
  ) {
    for (const stream of [child.stdout, child.stderr]) if (stream) forEachLine(stream, line => this.print(line));
    child.on('message', raw => this.receive(raw, request));
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.ended = promise;
    child.on('error', error => {
      this.printed.push(error.message);
      // A process that did not start has no end either.
      if (child.pid === undefined) resolve(this.atEnd(null, null));
    });
    // After the last message and the last line.
    child.on('close', (code, signal) => resolve(this.atEnd(code, signal)));
  }

  pause(): void {
    this.send({ control: 'pause' });
  }

  resume(): void {
    this.send({ control: 'resume' });
  }

  /** Locks, bans or frees a candidate; what cannot be is answered by a message `refused`. */
  steer(steering: Steering): void {
    this.send({ control: 'steer', ...steering });
  }

  /** The engine finishes its step, saves its run and ends; it is killed where it does not. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.send({ control: 'stop' });
    const { graceMs = this.run === null ? GRACE_MS : SAVING_GRACE_MS } = this.options;
    this.killing = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
  }

  private send(message: Control | Opening): void {
    // A failure to send means that the process is gone, which 'close' tells.
    if (this.child.connected) this.child.send(message, () => {});
  }

  private receive(raw: unknown, request: EngineRequest): void {
    const { success, data: message, error } = messageSchema.safeParse(raw);
    if (!success) {
      this.outcome ??= unreadable(raw, error.message);
      this.child.kill('SIGKILL');
      return;
    }
    switch (message.type) {
      case 'ready':
        this.send({ version: PROTOCOL_VERSION, request });
        return;
      case 'result':
      case 'failure':
      case 'stopped':
        this.outcome ??= message;
        return;
      case 'run':
        this.run = message.folder;
        break;
      case 'state':
        this.phase = message.phase;
        break;
    }
    this.options.onMessage(message);
    if (message.type === 'events') this.send({ control: 'received', events: message.first + message.events.length });
  }

  private print(line: string): void {
    this.printed.push(line);
    if (this.printed.length > OUTPUT_LINES) this.printed.shift();
    this.options.onOutput?.(line);
  }

  private atEnd(code: number | null, signal: NodeJS.Signals | null): Outcome {
    clearTimeout(this.killing);
    if (this.outcome) return this.outcome;
    if (this.stopping) return { type: 'stopped', run: this.run };
    return { type: 'died', code, signal, output: this.printed.join('\n') };
  }
}

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() as string;
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function unreadable(raw: unknown, problem: string): Outcome {
  const message = otherVersion(raw) ?? 'The engine sent a message that is not of the protocol.';
  return { type: 'failure', user: false, message, detail: `${problem}\n${JSON.stringify(raw)}` };
}
