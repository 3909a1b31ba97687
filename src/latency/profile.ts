import { Random } from '../base/random.ts';
import { deriveNetwork } from '../space/analysis.ts';
import type { LayerGraph } from '../space/layerGraph.ts';
import type { SearchSpace } from '../space/searchSpace.ts';
import { measureInBatches } from './batches.ts';
import { type Fit, fitCosts, type MeasuredNetwork } from './fit.ts';
import { type Measure, type Measurement, type MeasureOptions, visitMs } from './measure.ts';
import type { NoiseReport } from './noise.ts';
import { type SpaceOperators, spaceOperators } from './operators.ts';
import { LatencyPredictor } from './predictor.ts';
import { sampleNetworks } from './sampling.ts';
import { findTable, type LatencyTable, readTable, saveTable } from './table.ts';
import type { Fingerprint, RunOptions } from './targets/target.ts';
import { accuracy } from './validate.ts';

/**
 * Makes the ONNX bytes of an inference model: one input `image` `[batch, C, H, W]`, one output `output`; of a graph without
 * nodes, too. Injected, so that latency stays independent of the exporter.
 */
export type BuildModel = (graph: LayerGraph, batch: number) => Uint8Array;

export interface ProfileTools {
  buildModel: BuildModel;
  /** What the device is. */
  fingerprint(options: RunOptions): Promise<Fingerprint>;
  /** Measures on that device: in this process, or elsewhere. */
  measure: Measure;
}

export interface ProfileOptions {
  /** Where tables are kept, by device. */
  folder: string;
  /**
   * Measuring time; opening some hundred models comes on top of very small budgets. Default 45, and for slow networks what
   * some dozen visits to each of them take.
   */
  budgetSeconds?: number;
  /** Whole networks for the fit (default 80) and held out to validate it (default 40). */
  fitNetworks?: number;
  heldOutNetworks?: number;
  seed?: number;
  /** Measure even when a table is there. */
  again?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { stage: 'operators' | 'networks'; share: number }) => void;
}

export interface Profile {
  table: LatencyTable;
  file: string;
  predictor: LatencyPredictor;
  operators: SpaceOperators;
  /** True when the table was there already; see its `date` for the age. */
  reused: boolean;
}

const EMPTY = 'empty model';
/** Share of the budget for operators alone: they only serve as prior, networks decide. */
const OPERATOR_SHARE = 0.25;
const BUDGET_SECONDS = 45;
/** Visits to every network that the default budget has time for: their medians are then known to about one per cent. */
const NETWORK_VISITS = 40;

/**
 * The latency table of a search space on a device: every distinct operator alone, random whole networks, costs fitted to most of
 * them and validated on the rest, which were measured in the same rounds. A table of the same device that has all operators is reused.
 */
export async function profile(space: SearchSpace, tools: ProfileTools, options: ProfileOptions): Promise<Profile> {
  const { threads = 1, batch = 1 } = space.objective.latency ?? {};
  const device = await tools.fingerprint({ threads, batch });
  const operators = spaceOperators(space);
  const known = options.again ? undefined : findTable(options.folder, device, operators.graphs.keys());
  if (known) {
    return { ...known, operators, predictor: LatencyPredictor.fromTable(known.table, operators), reused: true };
  }
  const file = saveTable(options.folder, await measureTable(space, tools, options, device, operators));
  // Read back: a run that finds the table later must see the very same, rounded, figures.
  const table = readTable(file);
  return { table, file, operators, predictor: LatencyPredictor.fromTable(table, operators), reused: false };
}

async function measureTable(
  space: SearchSpace,
  tools: ProfileTools,
  options: ProfileOptions,
  device: Fingerprint,
  operators: SpaceOperators,
): Promise<LatencyTable> {
  const start = performance.now();
  const alone = await measureOperators(tools, options, device, operators);
  const whole = await measureNetworks(space, tools, options, device, operators, alone);
  const fit = fitCosts(
    alone.isolatedMs,
    alone.emptyMs,
    whole.networks.filter(network => !network.heldOut),
  );
  const predict = (network: MeasuredNetwork) =>
    network.operators.reduce((sum, key) => sum + fit.costsMs.get(key)!, fit.constantMs);
  const date = new Date().toISOString();
  const entries = [...alone.isolatedMs].map(([key, isolatedMs]) => {
    const { madMs, samples } = alone.measured.get(key)!;
    return [key, { isolatedMs, madMs, samples, fittedMs: fit.costsMs.get(key)!, date }] as const;
  });
  return {
    format: 'proxyless latency table',
    version: 1,
    device,
    date,
    seconds: (performance.now() - start) / 1000,
    emptyMs: alone.emptyMs,
    constantMs: fit.constantMs,
    fit: fitRecord(fit, whole.networks),
    ...validate(whole.networks, predict, alone),
    noise: whole.noise,
    entries: Object.fromEntries(entries),
    networks: whole.networks.map(network => ({
      choices: network.choices.join(' '),
      heldOut: network.heldOut,
      measuredMs: network.ms,
      madMs: network.madMs,
      predictedMs: predict(network),
    })),
  };
}

interface Alone {
  emptyMs: number;
  isolatedMs: Map<string, number>;
  measured: Map<string, Measurement>;
}

async function measureOperators(
  tools: ProfileTools,
  options: ProfileOptions,
  device: Fingerprint,
  operators: SpaceOperators,
): Promise<Alone> {
  const identity: LayerGraph = { input: [1, 1, 1], nodes: [], output: -1 };
  const models = [[EMPTY, identity] as const, ...operators.graphs].map(([key, graph]) => ({
    key,
    build: () => tools.buildModel(graph, device.batch),
  }));
  const { measurements } = await measureInBatches(tools.measure, models, {
    ...measureOptions(options, device, 'operators'),
    tolerance: 0.02,
  });
  const measured = new Map(measurements.map(measurement => [measurement.key, measurement]));
  const emptyMs = measured.get(EMPTY)!.medianMs;
  const isolatedMs = new Map(
    [...operators.graphs.keys()].map(key => [key, Math.max(0, measured.get(key)!.medianMs - emptyMs)]),
  );
  return { emptyMs, isolatedMs, measured };
}

interface WholeNetwork extends MeasuredNetwork {
  choices: number[];
  heldOut: boolean;
  madMs: number;
}

async function measureNetworks(
  space: SearchSpace,
  tools: ProfileTools,
  options: ProfileOptions,
  device: Fingerprint,
  operators: SpaceOperators,
  { isolatedMs }: Alone,
): Promise<{ networks: WholeNetwork[]; noise: NoiseReport }> {
  const { fitNetworks = 80, heldOutNetworks = 40, seed = 1 } = options;
  const costs = operators.keys.map(block => block.map(key => (key === undefined ? 0 : isolatedMs.get(key)!)));
  const drawn = sampleNetworks(costs, fitNetworks + heldOutNetworks, new Random(seed, 'profiled networks'));
  // Spread evenly: batches and, in the draw's pattern, uniform and tilted networks hold both kinds alike.
  const heldOutShare = heldOutNetworks / (fitNetworks + heldOutNetworks);
  const isHeldOut = (n: number) => Math.floor((n + 1) * heldOutShare) > Math.floor(n * heldOutShare);
  const expectedMs = drawn.map(choices => choices.reduce((sum, choice, block) => sum + costs[block][choice], 0));
  const visitsSeconds = (NETWORK_VISITS * expectedMs.reduce((sum, ms) => sum + visitMs(ms), 0)) / 1000;
  const { measurements, noise } = await measureInBatches(
    tools.measure,
    drawn.map((choices, n) => ({
      key: `network ${n}`,
      build: () => tools.buildModel(deriveNetwork(space, choices), device.batch),
    })),
    measureOptions(options, device, 'networks', visitsSeconds),
  );
  const networks = drawn.map((choices, n) => ({
    choices,
    operators: choices.flatMap((choice, block) => operators.keys[block][choice] ?? []),
    heldOut: isHeldOut(n),
    ms: measurements[n].medianMs,
    madMs: measurements[n].madMs,
  }));
  return { networks, noise };
}

function measureOptions(
  { budgetSeconds, seed = 1, signal, onProgress }: ProfileOptions,
  { threads }: Fingerprint,
  stage: 'operators' | 'networks',
  leastSeconds = 0,
): MeasureOptions {
  const part = stage === 'operators' ? OPERATOR_SHARE : 1 - OPERATOR_SHARE;
  return {
    threads,
    seed,
    signal,
    budgetSeconds: budgetSeconds === undefined ? Math.max(part * BUDGET_SECONDS, leastSeconds) : part * budgetSeconds,
    onProgress: share => onProgress?.({ stage, share }),
  };
}

function fitRecord(
  { scale, ridge, crossValidationError }: Fit,
  networks: readonly WholeNetwork[],
): LatencyTable['fit'] {
  return { networks: networks.filter(network => !network.heldOut).length, scale, ridge, crossValidationError };
}

function validate(
  networks: readonly WholeNetwork[],
  predict: (network: MeasuredNetwork) => number,
  { emptyMs, isolatedMs }: Alone,
): Pick<LatencyTable, 'validation' | 'isolatedSum'> {
  const heldOut = networks.filter(network => network.heldOut);
  if (heldOut.length === 0) return { validation: null, isolatedSum: null };
  const measured = heldOut.map(network => network.ms);
  const sums = heldOut.map(({ operators }) => operators.reduce((sum, key) => sum + isolatedMs.get(key)!, emptyMs));
  return { validation: accuracy(heldOut.map(predict), measured), isolatedSum: accuracy(sums, measured) };
}
