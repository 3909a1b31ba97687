import { fork } from 'node:child_process';
import { EngineClient, engineForkOptions, type Outcome, type WorkMessage } from '../protocol/engineClient.ts';
import type { EngineRequest } from '../protocol/messages.ts';

export interface EngineOptions {
  /** The built `src/engine/main.ts`, or another script that speaks the protocol. */
  script: string;
  onMessage(message: WorkMessage): void;
  /** A line that the process printed: a person's `console.log`, a complaint of native code. */
  onOutput(line: string): void;
  /** Stops the work: the engine is told, and killed where it does not end. */
  signal: AbortSignal;
  /** Milliseconds an engine has to end by itself. */
  graceMs?: number;
}

/** Starts an engine process, gives it one request, and waits for its end. */
export async function runEngine(request: EngineRequest, options: EngineOptions): Promise<Outcome> {
  const { script, signal, ...rest } = options;
  if (signal.aborted) return { type: 'stopped', run: null };
  const client = new EngineClient(fork(script, engineForkOptions()), request, rest);
  const stop = () => client.stop();
  signal.addEventListener('abort', stop);
  const outcome = await client.ended;
  signal.removeEventListener('abort', stop);
  return outcome;
}
