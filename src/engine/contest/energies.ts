import { EnergyCounter } from '../../base/energyCounter.ts';
import type { EnergyReport } from '../../latency/energy.ts';
import type { ModelToMeasure } from '../../latency/measure.ts';
import { energyIn } from '../../latency/profilerClient.ts';
import type { Reporter } from '../reporter.ts';
import { deviceProfiler } from '../search/profiling.ts';
import type { MeasuredGoal } from './baselines.ts';

/**
 * Microjoules of one inference by the counters of this machine's processor, above what it takes when idle. Empty where that
 * is not the device, or does not tell; a run does without where it fails.
 */
export async function energiesOf(
  models: readonly Pick<ModelToMeasure, 'key' | 'model'>[],
  goal: MeasuredGoal,
  reporter: Reporter,
): Promise<Map<string, number>> {
  if (goal.device.target !== 'cpu' || !EnergyCounter.open()) return new Map();
  reporter.progress('measure', 1, 'energy of the trained networks');
  try {
    const report = await measured(models, goal, reporter);
    return new Map(report.models.map(({ key, joules }) => [key, (1e6 * joules) / goal.batch]));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reporter.event({ type: 'warning', message: `the energy of the networks could not be measured: ${reason}` });
    return new Map();
  }
}

/** Begins again after a pause: it takes some seconds. */
async function measured(
  models: readonly Pick<ModelToMeasure, 'key' | 'model'>[],
  { device, threads }: MeasuredGoal,
  { control }: Reporter,
): Promise<EnergyReport> {
  for (;;) {
    await control.breathe();
    const life = new AbortController();
    const released = control.holding({ hold: () => life.abort(), release() {} });
    try {
      return await energyIn(deviceProfiler(device), [...models], { threads, seed: 1, signal: life.signal });
    } catch (error) {
      if (!life.signal.aborted) throw error;
    } finally {
      released();
    }
  }
}
