import { readFileSync } from 'node:fs';
import { decodeTensors } from '../../export/safetensors.ts';
import { priceOf } from '../../latency/imported/price.ts';
import type { BudgetName } from '../../protocol/budgetNames.ts';
import type { MeasuredNetwork } from '../../protocol/metrics.ts';
import { deriveNetwork, macs } from '../../space/analysis.ts';
import { countNetwork } from '../../space/budgets.ts';
import { type MeasuredDevice, measuredGoal } from '../../space/devices.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Reporter } from '../reporter.ts';
import { limitsOf, type OpenedRun } from '../run/record.ts';
import type { RunStore } from '../run/runStore.ts';
import { trainedNumbers } from '../run/weights.ts';
import type { Derived } from '../search/derive.ts';
import { allLimits } from '../search/limits.ts';
import { deployedModel, deviceMeasure } from '../search/profiling.ts';
import type { TrainedNetwork } from '../trainer/trainerMessages.ts';
import { trainingJob } from '../trainer/trainingJob.ts';
import { trainAll } from '../trainer/trainJobs.ts';
import type { RunData, Settings } from '../workspace.ts';
import { type Baseline, mobileNetV2Style, randomFeasible, scaledToLatency, scaledToMacs } from './baselines.ts';

/** What training and measuring gave for one network. */
export type Contender = MeasuredNetwork & Pick<TrainedNetwork, 'exportDifference' | 'seconds' | 'peakRssMb'>;

const RANDOM_NETWORKS = 2;
const MEASURING_SECONDS = 12;

/** The derived network and what it is compared with: the same training, the same measuring, in the same run. */
export async function contest(
  opened: OpenedRun,
  data: RunData,
  derived: Derived,
  reporter: Reporter,
): Promise<{ derived: Contender; baselines: Contender[] }> {
  const { store, settings } = opened;
  const { space, seed } = settings;
  const layers = deriveNetwork(space, derived.choices);
  const style = mobileNetV2Style(space);
  const entries: Baseline[] = [
    { name: 'derived', layers },
    style,
    await scaled(style, space, derived, layers, reporter),
    ...randomFeasible(space, allLimits(limitsOf(opened)), RANDOM_NETWORKS, seed),
  ];
  const trained = await trainEntries(settings, data, entries, store, reporter);
  const latencies = await latenciesOf(opened, entries, reporter);
  const [own, ...baselines] = entries.map(({ name, layers }, i): Contender => {
    const { testAccuracy, exportDifference, seconds, peakRssMb } = trained[i];
    return {
      name,
      testAccuracy,
      latencyMs: latencies.get(name),
      ...countNetwork(layers, space),
      exportDifference,
      seconds,
      peakRssMb,
    };
  });
  return { derived: own, baselines };
}

/** The baseline of the derived network's size: of its latency where that can be measured, else of its multiply-adds. */
async function scaled(
  style: Baseline,
  space: SearchSpace,
  { measuredMs }: Derived,
  layers: LayerGraph,
  reporter: Reporter,
): Promise<Baseline> {
  const goal = measuredGoal(space.objective.latency);
  if (!goal || measuredMs === undefined) return scaledToMacs(style, macs(layers));
  return scaledToLatency(style, goal, measuredMs, deviceMeasure(goal.device, reporter.control), fraction =>
    reporter.progress('baselines', fraction, 'scaling a MobileNetV2-style network to the same latency'),
  );
}

/** The folder of a network's files: `derived/`, and one per baseline below it. */
function folderOf(store: RunStore, name: string): string {
  return name === 'derived' ? store.path('derived') : store.path('derived', 'baselines', name.replace(/[^\w.]+/g, '-'));
}

async function trainEntries(
  settings: Settings,
  data: RunData,
  entries: readonly Baseline[],
  store: RunStore,
  reporter: Reporter,
): Promise<TrainedNetwork[]> {
  // The largest first: none is left to run alone at the end.
  const largestFirst = entries.toSorted((a, b) => macs(b.layers) - macs(a.layers));
  const jobs = largestFirst.map(({ name, layers }) =>
    trainingJob(settings, data, { name, layers, folder: folderOf(store, name) }),
  );
  const work = new Map(jobs.map(({ name, layers }) => [name, { macs: macs(layers), fraction: 0, epoch: -1 }]));
  const whole = [...work.values()].reduce((sum, job) => sum + job.macs, 0);
  const results = await trainAll(jobs, reporter, ({ name, fraction, epoch, loss, accuracy }) => {
    const job = work.get(name);
    if (!job) return;
    job.fraction = fraction;
    const done = [...work.values()].reduce((sum, one) => sum + one.macs * one.fraction, 0);
    const percent = (accuracy * 100).toFixed(1);
    reporter.progress('train', done / whole, `${name}: epoch ${epoch + 1}, accuracy ${percent} %`);
    if (epoch === job.epoch) return;
    job.epoch = epoch;
    reporter.event({ type: 'trained', network: name, epoch, loss, accuracy });
  });
  for (const { name, testAccuracy } of results) reporter.event({ type: 'tested', network: name, testAccuracy });
  return entries.map(({ name }) => results.find(result => result.name === name) as TrainedNetwork);
}

/** End to end latency of the trained networks, all in the same rounds; what a table of others has entries for, by that. */
async function latenciesOf(
  { store, settings: { space }, latency }: OpenedRun,
  entries: readonly Baseline[],
  reporter: Reporter,
): Promise<Map<string, number>> {
  const goal = measuredGoal(space.objective.latency);
  if (!goal) {
    const table = latency?.imported;
    const prices = entries.map(({ name, layers }) => [name, table && priceOf(layers, table).ms] as const);
    return new Map(prices.flatMap(([name, ms]) => (typeof ms === 'number' ? [[name, ms]] : [])));
  }
  const { device, threads, batch } = goal;
  const models = entries.map(({ name, layers }) => ({
    key: name,
    model: trainedModel(layers, `${folderOf(store, name)}/weights.safetensors`, batch, device),
  }));
  const { measurements } = await deviceMeasure(device, reporter.control)(models, {
    threads,
    seed: 1,
    budgetSeconds: MEASURING_SECONDS,
    tolerance: 0.003,
    onProgress: fraction => reporter.progress('measure', fraction, 'latency of the trained networks'),
  });
  return new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
}

/** The model of a trained network, as it would be deployed. */
function trainedModel(layers: LayerGraph, file: string, batch: number, device: MeasuredDevice): Uint8Array {
  const numbers = trainedNumbers(layers, decodeTensors(readFileSync(file), file));
  if (!numbers) throw new Error(`the weights in ${file} are not those of the network`);
  return deployedModel(layers, numbers, batch, device);
}

/**
 * Baselines that are at least as accurate and at least as cheap in latency and in what a budget was set for, and better in
 * something. One whose latency nobody knows is not among them.
 */
export function dominators(
  own: MeasuredNetwork,
  baselines: readonly MeasuredNetwork[],
  budgets: readonly BudgetName[] = [],
): string[] {
  const costsOf = (network: MeasuredNetwork) => [
    ...(own.latencyMs === undefined ? [] : [network.latencyMs ?? Number.POSITIVE_INFINITY]),
    ...budgets.map(name => network[name] ?? Number.POSITIVE_INFINITY),
    -network.testAccuracy,
  ];
  const ours = costsOf(own);
  return baselines
    .filter(baseline => {
      const theirs = costsOf(baseline);
      return theirs.every((cost, k) => cost <= ours[k]) && theirs.some((cost, k) => cost < ours[k]);
    })
    .map(({ name }) => name);
}
