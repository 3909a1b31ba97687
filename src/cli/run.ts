import { relative } from 'node:path';
import type { Outcome } from '../protocol/engineClient.ts';
import type { EngineRequest } from '../protocol/messages.ts';
import { runEngine } from './engineProcess.ts';
import { writeFailureLog } from './failureLog.ts';
import type { Output } from './output.ts';

/** Exit codes of a command that had no result. */
const PROGRAM_FAILED = 1;
const PERSON_CAN_MEND = 2;
export const STOPPED = 130;

/** Has an engine do a request, shows its work, and returns the exit code. */
export async function run(
  request: EngineRequest,
  output: Output,
  options: { script: string; signal: AbortSignal; graceMs?: number },
): Promise<number> {
  const outcome = await runEngine(request, {
    ...options,
    onMessage: message => output.message(message),
    onOutput: line => output.printed(line),
  });
  if (outcome.type === 'result') {
    output.result(outcome.result);
    return 0;
  }
  const { code, message } = explain(outcome, request);
  // What a person's file throws may have any number of lines.
  const sentence = message.replace(/\s*\n\s*/g, ' ');
  const issues = outcome.type === 'failure' ? outcome.issues : undefined;
  output.failure({ user: code === PERSON_CAN_MEND, message: sentence, issues });
  return code;
}

function explain(
  outcome: Exclude<Outcome, { type: 'result' }>,
  request: EngineRequest,
): { code: number; message: string } {
  if (outcome.type === 'stopped') return { code: STOPPED, message: `Stopped. ${whatStays(request, outcome.run)}` };
  if (outcome.type === 'failure' && outcome.user) return { code: PERSON_CAN_MEND, message: outcome.message };
  const [message, detail] =
    outcome.type === 'failure'
      ? [outcome.message.replace(/\.$/, ''), outcome.detail ?? outcome.message]
      : [howItDied(outcome), outcome.output];
  return { code: PROGRAM_FAILED, message: `${message}; ${writeFailureLog(request.command, detail)}.` };
}

function howItDied({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): string {
  if (signal === 'SIGKILL') {
    return 'The engine was killed by SIGKILL, for which running out of memory is the usual reason (a smaller batch needs less)';
  }
  return `The engine ended before its work was done (${signal ?? `exit code ${code}`})`;
}

function whatStays(request: EngineRequest, run: string | null): string {
  switch (request.command) {
    case 'search':
    case 'resume':
      if (run !== null) return `The run is saved: npx proxyless resume ${relative('', run)} goes on with it.`;
      return request.command === 'resume'
        ? `The run ${request.run} is as it was.`
        : 'Nothing was searched yet; what was measured stays in .nas/cache.';
    case 'derive':
    case 'train':
    case 'export':
      return `What was written so far stays in ${request.run}.`;
    case 'profile':
    case 'across':
      return 'What was written so far stays in .nas/cache.';
    case 'inspect':
    case 'eval':
    case 'devices':
    case 'zoo':
    case 'predict':
      return 'Nothing was written.';
  }
}
