import type { Measure } from '../../latency/measure.ts';
import type { RunControl } from './runControl.ts';

/**
 * A measuring in another process that leaves the machine to others while the work is paused: the process ends, and
 * another one goes on with the samples there are.
 */
export function pausable(measure: Measure, control: RunControl): Measure {
  return async (models, options) => {
    const samples = new Map(models.map(({ key, samplesMs = [] }) => [key, [...samplesMs]]));
    let budgetSeconds = options.budgetSeconds;
    let done = 0;
    for (;;) {
      await control.breathe();
      const life = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, life.signal]) : life.signal;
      const released = control.holding({ hold: () => life.abort(), release() {} });
      const [began, before] = [performance.now(), done];
      try {
        return await measure(
          models.map(model => ({ ...model, samplesMs: samples.get(model.key) })),
          {
            ...options,
            budgetSeconds,
            signal,
            onSample: (key, sampleMs) => {
              samples.get(key)?.push(sampleMs);
              options.onSample?.(key, sampleMs);
            },
            onProgress: share => {
              done = before + share * (1 - before);
              options.onProgress?.(done);
            },
          },
        );
      } catch (error) {
        if (!life.signal.aborted || options.signal?.aborted) throw error;
        budgetSeconds = Math.max(0.1, budgetSeconds - (performance.now() - began) / 1000);
      } finally {
        released();
      }
    }
  };
}
