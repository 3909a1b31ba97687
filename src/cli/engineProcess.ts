import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { residentHeap } from '../base/residentHeap.ts';
import { type EngineMessage, type EngineRequest, type EngineResult, messageSchema } from '../protocol/messages.ts';

/** What an engine tells while it works. */
export type WorkMessage = Extract<EngineMessage, { type: 'progress' | 'event' | 'note' }>;

/** How an engine's work ended. */
export type Outcome =
  | { type: 'result'; result: EngineResult }
  | { type: 'failure'; user: boolean; message: string; detail?: string }
  /** The process is gone without a word; `output` is the end of what it printed. */
  | { type: 'died'; code: number | null; signal: NodeJS.Signals | null; output: string }
  /** Stopped by the caller. */
  | { type: 'stopped' };

export interface EngineOptions {
  /** The built `src/engine/main.ts`, or another script that speaks the protocol. */
  script: string;
  onMessage(message: WorkMessage): void;
  /** A line that the process printed: a person's `console.log`, a complaint of native code. */
  onOutput(line: string): void;
  /** Stops the work: the engine is told, and killed if it is still there after `graceMs`. */
  signal: AbortSignal;
  /** Milliseconds an engine has to end by itself. Default 3,000. */
  graceMs?: number;
}

const OUTPUT_LINES = 50;

/** Starts an engine process, gives it one request, and waits for its end. */
export function runEngine(request: EngineRequest, options: EngineOptions): Promise<Outcome> {
  const { script, onMessage, onOutput, signal, graceMs = 3000 } = options;
  if (signal.aborted) return Promise.resolve({ type: 'stopped' });
  const child = fork(script, {
    env: { ...residentHeap, ...process.env },
    // No flags of this process: a debugger's would make the child wait.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches this process only, which then lets the engine end in order.
    detached: true,
    windowsHide: true,
  });
  let outcome: Outcome | undefined;
  const printed: string[] = [];
  forEachLine(child, line => {
    printed.push(line);
    if (printed.length > OUTPUT_LINES) printed.shift();
    // Complaints about the closed channel are of no use to anyone.
    if (!signal.aborted) onOutput(line);
  });

  child.on('message', raw => {
    const { success, data: message, error } = messageSchema.safeParse(raw);
    if (!success) {
      outcome ??= unreadable(raw, error.message);
      child.kill('SIGKILL');
    } else if (message.type === 'ready') {
      // A failure to send means that the process is gone, which 'close' tells.
      child.send(request, () => {});
    } else if (message.type === 'result' || message.type === 'failure') {
      outcome ??= message;
    } else {
      onMessage(message);
    }
  });

  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    if (child.connected) child.disconnect();
    killing = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', stop);
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  child.on('error', reject);
  const end = (code: number | null, killedBy: NodeJS.Signals | null) => {
    clearTimeout(killing);
    signal.removeEventListener('abort', stop);
    if (outcome) resolve(outcome);
    else if (signal.aborted) resolve({ type: 'stopped' });
    else resolve({ type: 'died', code, signal: killedBy, output: printed.join('\n') });
  };
  // 'close' comes after the last message and the last line, but not where this side has closed the channel.
  child.on('close', end);
  child.on('exit', (code, killedBy) => {
    if (signal.aborted) end(code, killedBy);
  });
  return promise;
}

function forEachLine({ stdout, stderr }: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [stdout, stderr]) if (stream) createInterface({ input: stream }).on('line', onLine);
}

function unreadable(raw: unknown, problem: string): Outcome {
  return {
    type: 'failure',
    user: false,
    message:
      'The engine sent a message that is not of the protocol, as one built at another time may (npm run build builds all).',
    detail: `${problem}\n${JSON.stringify(raw)}`,
  };
}
