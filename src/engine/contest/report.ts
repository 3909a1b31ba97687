import { entriesOf } from '../../protocol/budgetNames.ts';
import type { Metrics } from '../../protocol/metrics.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenedRun, SearchResult } from '../run/record.ts';
import type { Derived } from '../search/derive.ts';
import { forgetTrained } from '../trainer/trained.ts';
import type { RunData } from '../workspace.ts';
import { type Contender, contest, dominators } from './contest.ts';
import { writeSummary } from './summary.ts';

const INT8_NOTE =
  'Latencies are of 8-bit networks, accuracies of the same networks in fp32: proxyless export RUN --format onnx-int8 tests the derived one in 8 bits.';

/** Trains the derived network and its baselines, measures them, and writes `derived/` and `summary.md`. */
export async function trainAndReport(
  opened: OpenedRun,
  data: RunData,
  derived: Derived,
  found: SearchResult,
  reporter: Reporter,
): Promise<{ summary: string; metrics: Metrics }> {
  const { store, settings, latency } = opened;
  const { space, seed } = settings;
  const { objective } = space;
  reporter.event({ type: 'stage', stage: 'train' });
  const { derived: own, baselines, pace } = await contest(opened, data, derived, reporter);
  const energy = reporter.energy();
  const budgets = entriesOf(objective.budget).map(([name]) => name);
  const metrics: Metrics = {
    testAccuracy: own.testAccuracy,
    latencyMs: latencyFigures(opened, derived, own, pace),
    macs: own.macs,
    params: own.params,
    peakActivationBytes: own.peakActivationBytes,
    energyMicrojoules: own.energyMicrojoules,
    measuredMicrojoules: own.measuredMicrojoules,
    budget: objective.budget,
    seed,
    profileSeconds: found.profileSeconds,
    searchSeconds: found.seconds,
    trainSeconds: own.seconds,
    peakRssMb: Math.max(found.peakRssMb, own.peakRssMb),
    energyJoules: energy.joules,
    energyEstimated: energy.estimated,
    exportDifference: own.exportDifference,
    dominatedBy: dominators(own, baselines, budgets),
    baselines: baselines.map(({ exportDifference: _, seconds: __, peakRssMb: ___, ...network }) => network),
  };
  const inIntegers = latency?.measured?.device.precision === 'int8';
  const notes = [...data.dataset.notes, ...(inIntegers ? [INT8_NOTE] : [])];
  const summary = writeSummary(space, derived.choices, metrics, [own, ...baselines], latency?.device ?? '', notes);
  store.writeFile('summary.md', summary);
  // Last: with it the run is finished.
  store.writeJson('derived/metrics.json', metrics);
  forgetTrained(store.path('derived'));
  return { summary, metrics };
}

/** Measured only where a device is at hand. */
function latencyFigures(
  { latency, settings: { space } }: OpenedRun,
  { predictedMs }: Derived,
  own: Contender,
  pace?: number,
): Metrics['latencyMs'] {
  const goal = space.objective.latency;
  if (!goal || predictedMs === undefined) return undefined;
  return { target: goal.targetMs, predicted: predictedMs, measured: latency?.measured && own.latencyMs, pace };
}
