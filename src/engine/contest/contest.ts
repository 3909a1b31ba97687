import { readFileSync } from 'node:fs';
import { decodeTensors } from '../../export/safetensors.ts';
import type { ModelToMeasure } from '../../latency/measure.ts';
import type { BudgetName } from '../../protocol/budgetNames.ts';
import type { MeasuredNetwork } from '../../protocol/metrics.ts';
import { deriveNetwork, macs } from '../../space/analysis.ts';
import { countNetwork } from '../../space/budgets.ts';
import { measuredGoal } from '../../space/devices.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { rest } from '../control/rest.ts';
import type { Reporter } from '../reporter.ts';
import { limitsOf, type OpenedRun } from '../run/record.ts';
import type { RunStore } from '../run/runStore.ts';
import { trainedNumbers } from '../run/weights.ts';
import type { Derived } from '../search/derive.ts';
import { allLimits, limitsAsMeasured } from '../search/limits.ts';
import { deployedModel, deviceMeasure } from '../search/profiling.ts';
import { trainedBefore } from '../trainer/trained.ts';
import type { TrainedNetwork } from '../trainer/trainerMessages.ts';
import { trainAll } from '../trainer/trainJobs.ts';
import type { RunData, Settings } from '../workspace.ts';
import {
  type Baseline,
  type MeasuredGoal,
  mobileNetV2Style,
  randomFeasible,
  scaledToLatency,
  scaledToMacs,
} from './baselines.ts';
import { contestJob, epochsTo, folderOf } from './contestJob.ts';
import { energiesOf } from './energies.ts';
import { measuredLatencies, pricedLatencies } from './latencies.ts';

/** What training and measuring gave for one network. */
export type Contender = MeasuredNetwork & Pick<TrainedNetwork, 'exportDifference' | 'seconds' | 'peakRssMb'>;

const RANDOM_NETWORKS = 2;

/**
 * The derived network and what it is compared with: the same training, the same measuring, in the same run.
 *
 * @returns also the `pace` of `measuredLatencies`
 */
export async function contest(
  opened: OpenedRun,
  data: RunData,
  derived: Derived,
  reporter: Reporter,
): Promise<{ derived: Contender; baselines: Contender[]; pace?: number }> {
  const { store, settings } = opened;
  const { space, seed } = settings;
  const layers = deriveNetwork(space, derived.choices);
  const style = mobileNetV2Style(space);
  const entries: Baseline[] = [
    { name: 'derived', layers },
    style,
    await scaled(style, space, derived, layers, reporter),
    ...randomFeasible(space, allLimits(limitsAsMeasured(limitsOf(opened), derived)), RANDOM_NETWORKS, seed),
  ];
  const trained = await trainEntries(settings, data, entries, store, reporter);
  const goal = measuredGoal(space.objective.latency);
  const models = goal ? trainedModels(entries, goal, store) : [];
  const latencies = goal
    ? await measuredLatencies(models, space, goal, derived, {
        measure: deviceMeasure(goal.device, reporter.control),
        rest: () => rest(reporter.control),
        onProgress: fraction => reporter.progress('measure', fraction, 'latency of the trained networks'),
      })
    : pricedLatencies(entries, opened.latency);
  const energies = goal ? await energiesOf(models, goal, reporter) : new Map<string, number>();
  const [own, ...baselines] = entries.map(({ name, layers }, i): Contender => {
    const { testAccuracy, exportDifference, seconds, peakRssMb } = trained[i];
    return {
      name,
      testAccuracy,
      latencyMs: latencies.ms.get(name),
      ...countNetwork(layers, space),
      measuredMicrojoules: energies.get(name),
      exportDifference,
      seconds,
      peakRssMb,
    };
  });
  return { derived: own, baselines, pace: latencies.pace };
}

/** The baseline of the derived network's size: of its latency where that can be measured, else of its multiply-adds. */
async function scaled(
  style: Baseline,
  space: SearchSpace,
  { measuredMs, references = [] }: Derived,
  layers: LayerGraph,
  reporter: Reporter,
): Promise<Baseline> {
  const goal = measuredGoal(space.objective.latency);
  if (!goal || measuredMs === undefined) return scaledToMacs(style, macs(layers));
  const onProgress = (fraction: number) =>
    reporter.progress('baselines', fraction, 'scaling a MobileNetV2-style network to the same latency');
  const measure = deviceMeasure(goal.device, reporter.control);
  return scaledToLatency(style, space, goal, { latencyMs: measuredMs, references, measure, onProgress });
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
  const jobs = largestFirst.map(entry => contestJob(entry, settings, data, store));
  const left = jobs.filter(job => !trainedBefore(job));
  const work = new Map(left.map(({ name, layers }) => [name, { macs: macs(layers), fraction: 0 }]));
  const whole = [...work.values()].reduce((sum, job) => sum + job.macs, 0);
  const logEpoch = epochsTo(reporter);
  const results = await trainAll(jobs, reporter, progress => {
    const { name, fraction, epoch, accuracy } = progress;
    const job = work.get(name);
    if (!job) return;
    job.fraction = fraction;
    const done = [...work.values()].reduce((sum, one) => sum + one.macs * one.fraction, 0);
    const percent = (accuracy * 100).toFixed(1);
    reporter.progress('train', done / whole, `${name}: epoch ${epoch + 1}, accuracy ${percent} %`);
    logEpoch(progress);
  });
  for (const { name, testAccuracy } of results) reporter.event({ type: 'tested', network: name, testAccuracy });
  return entries.map(({ name }) => results.find(result => result.name === name) as TrainedNetwork);
}

/** The models of the trained networks, as they would be deployed. */
function trainedModels(
  entries: readonly Baseline[],
  { device, batch }: MeasuredGoal,
  store: RunStore,
): ModelToMeasure[] {
  return entries.map(({ name, layers }) => {
    const file = `${folderOf(store, name)}/weights.safetensors`;
    const numbers = trainedNumbers(layers, decodeTensors(readFileSync(file), file));
    if (!numbers) throw new Error(`the weights in ${file} are not those of the network`);
    return { key: name, model: deployedModel(layers, numbers, batch, device) };
  });
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
