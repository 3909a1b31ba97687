import { fork } from 'node:child_process';
import { UserError } from '../base/errors.ts';
import type { Measure, MeasureReport } from './measure.ts';
import type { MeasureRequest, ProfilerMessage, ProfilerRequest, TraceRequest } from './profilerMessages.ts';
import type { KernelTime } from './targets/target.ts';

export interface ProfilerOptions {
  /** The built `profilerProcess.ts`, or another script that calls `serveProfiler`. */
  script: string;
  /** Name of the latency target. */
  target: string;
  /** Environment of the process, this one's by default. */
  env?: NodeJS.ProcessEnv;
  /** Times a crashed process is started again in one batch. Default 3. */
  restarts?: number;
}

/** How one life of the profiler process went. */
type Outcome<Answer> = { answer: Answer } | { failure: string } | { crash: string };

/**
 * A `Measure` that runs in a process of its own, one per batch. After a crash (native code may abort) it is started
 * again with the samples there are and goes on with what is missing.
 * @throws UserError naming the model, when it crashes again and again; the signal's reason when aborted
 */
export function profilerProcess({ script, target, env, restarts = 3 }: ProfilerOptions): Measure {
  return async (models, options) => {
    const samples = new Map(models.map(model => [model.key, [...(model.samplesMs ?? [])]]));
    const start = performance.now();
    let opened = models[0]?.key;
    for (let life = 0; ; life++) {
      const elapsed = (performance.now() - start) / 1000;
      const request: MeasureRequest = {
        task: 'measure',
        target,
        models: models.map(model => ({ ...model, samplesMs: samples.get(model.key) })),
        options: {
          threads: options.threads,
          seed: options.seed + life,
          budgetSeconds: Math.max(options.budgetSeconds - elapsed, 0.1),
          tolerance: options.tolerance,
          minRounds: options.minRounds,
        },
      };
      const outcome = await runOnce(script, env, request, options.signal, (message): MeasureReport | undefined => {
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

/**
 * Traces a model in a process of its own. @throws Error when it fails or crashes: a trace is a look at what is known already
 */
export async function traceInProcess(
  { script, target, env }: ProfilerOptions,
  model: Uint8Array,
  options: TraceRequest['options'] & { signal?: AbortSignal },
): Promise<KernelTime[]> {
  const { threads, seconds, signal } = options;
  const request: TraceRequest = { task: 'trace', target, model, options: { threads, seconds } };
  const outcome = await runOnce(script, env, request, signal, message =>
    message.type === 'traced' ? message.kernels : undefined,
  );
  if ('answer' in outcome) return outcome.answer;
  throw new Error('failure' in outcome ? outcome.failure : `the profiler ended (${outcome.crash})`);
}

/** @param onMessage returns the answer once there is one */
function runOnce<Answer extends object>(
  script: string,
  env: NodeJS.ProcessEnv | undefined,
  request: ProfilerRequest,
  signal: AbortSignal | undefined,
  onMessage: (message: ProfilerMessage) => Answer | undefined,
): Promise<Outcome<Answer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome<Answer>>();
  if (signal?.aborted) return Promise.reject(signal.reason);
  // No flags of this process: a debugger's would make the child wait.
  const child = fork(script, { env, execArgv: [], serialization: 'advanced' });
  const abort = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  let outcome: Outcome<Answer> | undefined;
  child.on('message', (message: ProfilerMessage) => {
    // A failure to send means that the process is gone, which 'close' tells.
    if (message.type === 'ready') child.send(request, () => {});
    else if (message.type === 'failed') outcome = { failure: message.message };
    else {
      const answer = onMessage(message);
      if (answer) outcome = { answer };
    }
  });
  child.on('error', reject);
  // 'close' comes after the last message; how the process ended does not matter once the report is there.
  child.on('close', (code, killed) => {
    signal?.removeEventListener('abort', abort);
    if (signal?.aborted) reject(signal.reason);
    else resolve(outcome ?? { crash: killed ? `signal ${killed}` : `exit code ${code}` });
  });
  return promise;
}
