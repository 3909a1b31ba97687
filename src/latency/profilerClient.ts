import { UserError } from '../base/errors.ts';
import type { MeasuredDevice } from '../space/devices.ts';
import type { EnergyReport } from './energy.ts';
import type { Connect } from './links/link.ts';
import type { Measure, MeasureReport } from './measure.ts';
import type {
  EnergyRequest,
  MeasureRequest,
  ProfilerMessage,
  ProfilerRequest,
  TraceRequest,
} from './profilerMessages.ts';
import type { Fingerprint, KernelTime, RunOptions } from './targets/target.ts';

/** Where to measure, and how a profiler is started there. */
export interface Profiler {
  device: MeasuredDevice;
  connect: Connect;
}

/** How one life of a profiler went. */
type Outcome<Answer> = { answer: Answer } | { failure: string } | { crash: string };

/**
 * A `Measure` that runs in a profiler, a new one per batch. After a crash (native code may abort) it is started
 * again with the samples there are and goes on with what is missing.
 *
 * @param restarts times a crashed profiler is started again in one batch
 * @throws UserError naming the model, when it crashes again and again; the signal's reason when aborted
 */
export function measureIn({ device, connect }: Profiler, restarts = 3): Measure {
  return async (models, options) => {
    const samples = new Map(models.map(model => [model.key, [...(model.samplesMs ?? [])]]));
    const start = performance.now();
    let opened = models[0]?.key;
    for (let life = 0; ; life++) {
      const elapsed = (performance.now() - start) / 1000;
      const request: MeasureRequest = {
        task: 'measure',
        device,
        models: models.map(model => ({ ...model, samplesMs: samples.get(model.key) })),
        options: {
          threads: options.threads,
          seed: options.seed + life,
          budgetSeconds: Math.max(options.budgetSeconds - elapsed, 0.1),
          tolerance: options.tolerance,
          minRounds: options.minRounds,
        },
      };
      const outcome = await runOnce(connect, request, options.signal, (message): MeasureReport | undefined => {
        if (message.type === 'open') {
          opened = message.key;
          options.onOpen?.(message.key);
        } else if (message.type === 'sample') {
          samples.get(message.key)?.push(message.sampleMs);
          options.onSample?.(message.key, message.sampleMs);
        } else if (message.type === 'progress') options.onProgress?.(message.share);
        else if (message.type === 'done') return message.report;
        return undefined;
      });
      if ('answer' in outcome) return outcome.answer;
      if ('failure' in outcome) throw new Error(`Measuring failed at "${opened}": ${outcome.failure}`);
      if (life >= restarts) {
        throw new UserError(
          `The profiler ended ${life + 1} times without finishing (${outcome.crash}), the last time after opening "${opened}"; ` +
            'take that operator out of the search space or free some memory, and profile again.',
        );
      }
    }
  };
}

/** Traces a model in a profiler. @throws Error when it fails or crashes: a trace is a look at what is known already */
export async function traceIn(
  { device, connect }: Profiler,
  model: Uint8Array,
  { threads, seconds, signal }: TraceRequest['options'] & { signal?: AbortSignal },
): Promise<KernelTime[]> {
  const request: TraceRequest = { task: 'trace', device, model, options: { threads, seconds } };
  const outcome = await runOnce(connect, request, signal, message =>
    message.type === 'traced' ? message.kernels : undefined,
  );
  return answerOf(outcome);
}

/** What models take, counted in a profiler. @throws Error when that fails, or the device does not tell */
export async function energyIn(
  { device, connect }: Profiler,
  models: EnergyRequest['models'],
  { signal, ...options }: EnergyRequest['options'] & { signal?: AbortSignal },
): Promise<EnergyReport> {
  const request: EnergyRequest = { task: 'energy', device, models, options };
  const outcome = await runOnce(connect, request, signal, message =>
    message.type === 'energy' ? message.report : undefined,
  );
  return answerOf(outcome);
}

/** What a profiler says it runs on. @throws Error when it fails or crashes */
export async function fingerprintIn(
  { device, connect }: Profiler,
  options: RunOptions,
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const outcome = await runOnce(connect, { task: 'fingerprint', device, options }, signal, message =>
    message.type === 'fingerprint' ? message.fingerprint : undefined,
  );
  return answerOf(outcome);
}

function answerOf<Answer>(outcome: Outcome<Answer>): Answer {
  if ('answer' in outcome) return outcome.answer;
  throw new Error('failure' in outcome ? outcome.failure : `the profiler ended (${outcome.crash})`);
}

/** @param onMessage returns the answer once there is one */
async function runOnce<Answer extends object>(
  connect: Connect,
  request: ProfilerRequest,
  signal: AbortSignal | undefined,
  onMessage: (message: ProfilerMessage) => Answer | undefined,
): Promise<Outcome<Answer>> {
  signal?.throwIfAborted();
  let outcome: Outcome<Answer> | undefined;
  const link = connect(request, message => {
    if (message.type === 'failed') outcome = { failure: message.message };
    else {
      const answer = onMessage(message);
      if (answer) outcome = { answer };
    }
  });
  const abort = () => link.kill();
  signal?.addEventListener('abort', abort);
  try {
    const crash = await link.ended;
    signal?.throwIfAborted();
    // How the profiler ended does not matter once the answer is there.
    return outcome ?? { crash };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
