import { UserError } from '../base/errors.ts';
import {
  type EngineMessage,
  type EngineRequest,
  type EngineResult,
  PROTOCOL_VERSION,
  requestSchema,
} from '../protocol/messages.ts';
import { commands } from './commands/registry.ts';
import type { Reporter } from './reporter.ts';

/**
 * The engine process: one request, then messages until one result or failure. It ends by itself when its channel closes,
 * so that nothing is left running after the terminal or the editor is gone.
 */

// A parent that is gone shows as a failing send, which must not become an exception: 'disconnect' ends the process.
const send = (message: EngineMessage) => process.send?.(message, undefined, {}, () => {});

const reporter: Reporter = {
  progress: (stage, fraction, text) => send({ type: 'progress', stage, fraction, text }),
  event: event => send({ type: 'event', event }),
  note: text => send({ type: 'note', text }),
};

async function answer(message: unknown): Promise<EngineResult> {
  const request = requestSchema.parse(message);
  const command = commands[request.command] as (request: EngineRequest, reporter: Reporter) => Promise<EngineResult>;
  return command(request, reporter);
}

function failure(error: unknown): EngineMessage {
  if (error instanceof UserError) return { type: 'failure', user: true, message: error.describe() };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failure', user: false, message, detail: error instanceof Error ? error.stack : undefined };
}

process.once('message', message => {
  answer(message)
    .then((result): EngineMessage => ({ type: 'result', result }))
    .catch(failure)
    // Sent whole before the channel goes, and with it the process.
    .then(last => process.send?.(last, () => process.disconnect()));
});
process.on('disconnect', () => process.exit());
send({ type: 'ready', version: PROTOCOL_VERSION });
