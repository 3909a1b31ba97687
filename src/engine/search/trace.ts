import { traceIn } from '../../latency/profilerClient.ts';
import { traceLayers } from '../../latency/trace.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import { measuredGoal } from '../../space/devices.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenedRun } from '../run/record.ts';
import type { Derived } from './derive.ts';
import { deviceProfiler, modelsFor } from './profiling.ts';

const TRACED_SECONDS = 2;

/**
 * Finds out by the runtime's own trace what each layer of the derived network takes, for the log and `derived/trace.json`.
 * A run does without where the trace fails: nothing depends on it.
 */
export async function traceDerived(
  { store, settings: { space }, latency }: OpenedRun,
  { choices, measuredMs }: Derived,
  reporter: Reporter,
): Promise<void> {
  const goal = measuredGoal(space.objective.latency);
  // Nothing runs where no device is at hand.
  if (!goal || !latency || measuredMs === undefined) return;
  const { device, threads, batch } = goal;
  const network = deriveNetwork(space, choices);
  try {
    const options = { threads, seconds: TRACED_SECONDS };
    const kernels = await traceIn(deviceProfiler(device), modelsFor(device)(network, batch), options);
    // As in predictions, what every network costs besides its layers is not theirs.
    const layers = traceLayers(network, kernels, Math.max(measuredMs - latency.predictor.constantMs, 0));
    const short = layers.map(layer => ({ ...layer, measuredMs: Number(layer.measuredMs.toPrecision(6)) }));
    store.writeJson('derived/trace.json', { layers: short });
    reporter.event({ type: 'traced', layers: short });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reporter.event({ type: 'warning', message: `the derived network's layers could not be traced: ${reason}` });
  }
}
