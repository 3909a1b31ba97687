import { openWebModel, startWebRuntime } from '../runtime/ort/webInference.ts';
import { randomInputs } from './inputs.ts';
import type { PageTask } from './links/browser.ts';
import type { ProfilerMessage } from './profilerMessages.ts';
import { answer } from './profilerServer.ts';
import type { LatencyTarget } from './targets/target.ts';

// Entry point of the profiler in a browser's page; `links/browser.ts` serves it and what it asks for.

/** Seldom enough to leave the timings alone. */
const SEND_EVERY_MS = 500;

let waiting: ProfilerMessage[] = [];
let sent = performance.now();
let sending = Promise.resolve();

/** Messages arrive in the order they were sent. */
function flush(): Promise<void> {
  const body = JSON.stringify(waiting);
  waiting = [];
  sent = performance.now();
  sending = sending.then(async () => {
    await fetch('messages', { method: 'POST', body });
  });
  return sending;
}

function send(message: ProfilerMessage): void {
  waiting.push(message);
  // Between rounds.
  if (message.type === 'progress' && performance.now() - sent > SEND_EVERY_MS) void flush();
}

async function modelBytes(index: number): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`models/${index}`)).arrayBuffer());
}

async function main(): Promise<void> {
  const { request, machine } = (await (await fetch('task')).json()) as PageTask;
  const { threads } = request.options;
  const ort = await startWebRuntime(new URL('ort/', import.meta.url).href, threads);
  const target: LatencyTarget = {
    machine: () => machine,
    // Browsers round their clock; five microseconds for a page that is isolated, a hundred for others.
    clockStepMs: 0.005,
    fingerprint: () => Promise.reject(new Error('a page does not know its machine')),
    async open(bytes) {
      const model = await openWebModel(ort, bytes);
      return { run: model.prepare(randomInputs(model)), release: () => model.release() };
    },
    trace: () => Promise.reject(new Error('a page is not asked for traces')),
  };
  const models = await Promise.all(
    request.models.map(async (model, index) => ({ ...model, model: await modelBytes(index) })),
  );
  const last = await answer(target, { ...request, models }, send);
  waiting.push(last);
  await flush();
}

await main().catch(async (error: unknown) => {
  waiting.push({ type: 'failed', message: String(error), runtimeMissing: false });
  await flush();
});
