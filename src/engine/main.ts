import { UserError } from '../base/errors.ts';
import { controlSchema } from '../protocol/control.ts';
import {
  type EngineMessage,
  type EngineResult,
  openingSchema,
  otherVersion,
  PROTOCOL_VERSION,
} from '../protocol/messages.ts';
import { type Issue, SpaceError } from '../space/issues.ts';
import type { Command } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { Outbox } from './control/outbox.ts';
import { RunControl, Stopped } from './control/runControl.ts';
import { Throughput } from './control/throughput.ts';
import { EnergyMeter } from './energyMeter.ts';
import type { Asked } from './reporter.ts';

/**
 * The engine process: one request, then messages until one result, failure, or the word that it was stopped. It stops by
 * itself when its channel closes, so that nothing is left running after the terminal or the editor is gone.
 */

const FLUSH_MS = 100;
const HEARTBEAT_MS = 1000;
/** What the last message may take to be written to a channel that nobody reads. */
const LAST_WORD_MS = 10_000;

// A parent that is gone shows as a failing send, which must not become an exception: 'disconnect' stops the work.
const outbox = new Outbox((message, written) => {
  if (process.connected) process.send?.(message, undefined, {}, written);
  else written();
});
const throughput = new Throughput();
const meter = new EnergyMeter({ helpers: () => control.helpers });
let run: string | null = null;
let answering = false;
let finishing = false;
const control = new RunControl({
  phase(phase) {
    meter.hold(phase === 'paused');
    outbox.send({ type: 'state', phase });
  },
  refused: message => outbox.send({ type: 'refused', message }),
  end: () => finish({ type: 'stopped', run }),
});
const asked: Asked = {
  progress: (stage, fraction, text) => outbox.report({ type: 'progress', stage, fraction, text }),
  event: event => outbox.event({ at: process.uptime(), ...event }),
  logged: event => outbox.event(event),
  note: text => outbox.send({ type: 'note', text }),
  processed: images => throughput.add(images),
  energy: () => meter.read(),
  tookBefore: energy => meter.goOnFrom(energy),
  run(folder, lines) {
    run = folder;
    outbox.startAt(lines);
    outbox.send({ type: 'run', folder });
  },
  control,
};

async function answer(message: unknown): Promise<EngineResult> {
  const differs = otherVersion(message);
  if (differs) throw new Error(differs);
  const opening = openingSchema.safeParse(message);
  if (!opening.success) {
    const [{ path, message: problem }] = opening.error.issues;
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    throw new Error(`The engine was given a request that is not of the protocol (${where}${problem}).`);
  }
  const { request } = opening.data;
  const command = commands[request.command] as Command<typeof request.command>;
  return command(request as never, asked);
}

function failure(error: unknown): EngineMessage {
  if (error instanceof Stopped) return { type: 'stopped', run };
  if (error instanceof UserError)
    return { type: 'failure', user: true, message: error.describe(), issues: issuesOf(error) };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failure', user: false, message, detail: error instanceof Error ? error.stack : undefined };
}

/** What is wrong, each at its place in the person's file. */
function issuesOf(error: UserError): Issue[] | undefined {
  if (error instanceof SpaceError) return [...error.issues];
  return error.place && [{ message: error.message, path: '', place: error.place }];
}

/** Ends the process, and with their channels its children, once the last message is written. */
function finish(last: EngineMessage): void {
  if (finishing) return;
  finishing = true;
  if (!process.connected) process.exit();
  outbox.finish(last, () => process.exit());
  setTimeout(() => process.exit(), LAST_WORD_MS);
}

process.on('message', message => {
  const { success, data } = controlSchema.safeParse(message);
  if (success) {
    if (data.control === 'received') outbox.received(data.events);
    else control.receive(data);
  } else if (!answering) {
    answering = true;
    answer(message).then(
      result => finish({ type: 'result', result }),
      error => finish(failure(error)),
    );
  }
});
// Where the last message was not written yet, nobody is left to write it for.
process.on('disconnect', () => (finishing ? process.exit() : control.stop()));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => control.stop());
setInterval(() => outbox.flush(), FLUSH_MS).unref();
setInterval(() => {
  const rssMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  outbox.report({ type: 'heartbeat', rssMb, imagesPerSecond: throughput.perSecond(), energy: meter.read() });
}, HEARTBEAT_MS).unref();
outbox.send({ type: 'ready', version: PROTOCOL_VERSION });
