import { deviceName } from '../../latency/targets/target.ts';
import type { Metrics } from '../../protocol/metrics.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenedRun, SearchResult } from '../run/record.ts';
import type { Derived } from '../search/derive.ts';
import { deviceMeasure } from '../search/profiling.ts';
import { forgetTrained } from '../trainer/trained.ts';
import type { RunData } from '../workspace.ts';
import { contest, dominators } from './contest.ts';
import { writeSummary } from './summary.ts';

const INT8_NOTE =
  'Latencies are of 8-bit networks, accuracies of the same networks in fp32: proxyless export RUN --format onnx-int8 tests the derived one in 8 bits.';

/** Trains the derived network and its baselines, measures them, and writes `derived/` and `summary.md`. */
export async function trainAndReport(
  { store, settings, predictor, table }: OpenedRun,
  data: RunData,
  derived: Derived,
  found: SearchResult,
  reporter: Reporter,
): Promise<{ summary: string; metrics: Metrics }> {
  const { space, seed } = settings;
  reporter.event({ type: 'stage', stage: 'train' });
  const measure = deviceMeasure(space.objective.latency.device, reporter.control);
  const { derived: own, baselines } = await contest(settings, data, derived, predictor, measure, store, reporter);
  const plain = ({ name, testAccuracy, latencyMs, macs, params }: typeof own) => ({
    name,
    testAccuracy,
    latencyMs,
    macs,
    params,
  });
  const metrics: Metrics = {
    testAccuracy: own.testAccuracy,
    latencyMs: { target: space.objective.latency.targetMs, predicted: derived.predictedMs, measured: own.latencyMs },
    macs: own.macs,
    params: own.params,
    seed,
    profileSeconds: found.profileSeconds,
    searchSeconds: found.seconds,
    trainSeconds: own.seconds,
    peakRssMb: Math.max(found.peakRssMb, own.peakRssMb),
    exportDifference: own.exportDifference,
    dominatedBy: dominators(own, baselines),
    baselines: baselines.map(plain),
  };
  const device = deviceName(table.device);
  const notes = [...data.dataset.notes, ...(table.device.precision === 'int8' ? [INT8_NOTE] : [])];
  const summary = writeSummary(space, derived.choices, metrics, [own, ...baselines], device, notes);
  store.writeFile('summary.md', summary);
  // Last: with it the run is finished.
  store.writeJson('derived/metrics.json', metrics);
  forgetTrained(store.path('derived'));
  return { summary, metrics };
}
