import type { Measure, MeasureOptions, ModelToMeasure } from '../../latency/measure.ts';
import { medianRatio } from '../../latency/statistics.ts';

/** Whatever else runs on a machine makes networks slower, never faster: from this factor on it is looked at again. */
export const SUSPICIOUS = 1.1;
const MOST_TIMES = 3;

/**
 * Measures networks, and measures them again after a rest where they take much longer than expected, as they do while the
 * machine is busy with something else. Of each network the least time counts. A machine that stays slow is believed.
 *
 * @param expectedMs by key, as far as it is known
 * @param rest some seconds in which the machine may come to itself
 * @returns ms by key
 */
export async function undisturbed(
  measure: Measure,
  models: readonly ModelToMeasure[],
  options: MeasureOptions,
  expectedMs: ReadonlyMap<string, number>,
  rest: () => Promise<void>,
): Promise<Map<string, number>> {
  const least = new Map<string, number>();
  for (let times = 0; times < MOST_TIMES; times++) {
    if (times > 0) await rest();
    const { measurements } = await measure(models, options);
    for (const { key, medianMs } of measurements) least.set(key, Math.min(medianMs, least.get(key) ?? medianMs));
    if (medianRatio(least, expectedMs) <= SUSPICIOUS) break;
  }
  return least;
}
