import { fork } from 'node:child_process';
import { UserError } from '../base/errors.ts';
import type { Measure, MeasureOptions, MeasureReport } from './measure.ts';
import type { ProfilerMessage, ProfilerRequest } from './profilerMessages.ts';

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
type Outcome = { report: MeasureReport } | { failure: string } | { crash: string };

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
      const request: ProfilerRequest = {
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
      const outcome = await runOnce(script, env, request, options, message => {
        if (message.type === 'open') opened = message.key;
        if (message.type === 'sample') samples.get(message.key)?.push(message.sampleMs);
      });
      if ('report' in outcome) return outcome.report;
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

function runOnce(
  script: string,
  env: NodeJS.ProcessEnv | undefined,
  request: ProfilerRequest,
  options: MeasureOptions,
  onMessage: (message: ProfilerMessage) => void,
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  // No flags of this process: a debugger's would make the child wait.
  const child = fork(script, { env, execArgv: [], serialization: 'advanced' });
  const abort = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  let outcome: Outcome | undefined;
  child.on('message', (message: ProfilerMessage) => {
    onMessage(message);
    // A failure to send means that the process is gone, which 'close' tells.
    if (message.type === 'ready') child.send(request, () => {});
    else if (message.type === 'open') options.onOpen?.(message.key);
    else if (message.type === 'sample') options.onSample?.(message.key, message.sampleMs);
    else if (message.type === 'progress') options.onProgress?.(message.share);
    else if (message.type === 'done') outcome = { report: message.report };
    else outcome = { failure: message.message };
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
