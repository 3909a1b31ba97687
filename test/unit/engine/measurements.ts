import type { Measurement, MeasureReport } from '../../../src/latency/measure.ts';

/** A report on models that took these times, on a machine with nothing else to do. @param times by key, milliseconds */
export function reportOf(times: readonly (readonly [key: string, medianMs: number])[]): MeasureReport {
  const measurements = times.map(
    ([key, medianMs]): Measurement => ({ key, medianMs, madMs: 0, samples: 10, relativeHalfWidth: 0 }),
  );
  return { measurements, noise: quiet };
}

/** Nothing disturbed a measurement. */
const quiet: MeasureReport['noise'] = {
  loadBefore: 0,
  relativeSpread: 0,
  outlierShare: 0,
  unsettled: 0,
  models: 0,
  noisy: false,
  message: '',
};
