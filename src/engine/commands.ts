import { readFileSync } from 'node:fs';
import { UserError } from '../base/errors.ts';
import { peakRssMb } from '../base/memory.ts';
import { Random } from '../base/random.ts';
import { exportOnnx } from '../export/onnx.ts';
import { decodeTensors, encodeTensors } from '../export/safetensors.ts';
import type { LatencyPredictor } from '../latency/predictor.ts';
import { summarise } from '../latency/summary.ts';
import type { LatencyTable } from '../latency/table.ts';
import type { EngineRequest, EngineResult } from '../protocol/messages.ts';
import type { Metrics } from '../protocol/metrics.ts';
import { openInferenceModel } from '../runtime/ort/inference.ts';
import { createOrtRuntime } from '../runtime/ort/ortRuntime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { inferenceNetwork, type TrainedNumbers } from '../search/inference.ts';
import { partDefinition } from '../search/layers.ts';
import { Supernet } from '../search/supernet.ts';
import { deriveNetwork, elements } from '../space/analysis.ts';
import type { LayerGraph } from '../space/layerGraph.ts';
import { Part } from '../training/part.ts';
import { contest, dominators } from './contest.ts';
import { type Derived, derive } from './derive.ts';
import { evaluateFile } from './evaluateFile.ts';
import { checkTarget, deviceMeasure, profileSpace } from './profiling.ts';
import type { Reporter } from './reporter.ts';
import { loggingTo, openRun, readDerived, writeDerived, writeRecord } from './run.ts';
import { RunStore } from './runStore.ts';
import { judgeOf, runSearch, type SearchResult, searchResultSchema } from './searching.ts';
import { writeSummary } from './summary.ts';
import { CHECKED_IMAGES, compareExport } from './verifyExport.ts';
import { trainedNumbers } from './weights.ts';
import { folders, loadSettings, openRunData, type RunData, type Settings } from './workspace.ts';

/** Weights of the supernet after the search, for deriving again. */
const CHECKPOINT = 'checkpoints/supernet.safetensors';

type Command<Name extends EngineRequest['command']> = (
  request: Extract<EngineRequest, { command: Name }>,
  reporter: Reporter,
) => Promise<Extract<EngineResult, { command: Name }>>;

/** The engine's commands; each is a row here. */
export const commands: { [Name in EngineRequest['command']]: Command<Name> } = {
  search: searchCommand,
  profile: profileCommand,
  derive: deriveCommand,
  train: trainCommand,
  export: exportCommand,
  eval: async ({ model, dataset }, reporter) => ({
    command: 'eval',
    ...(await evaluateFile(model, dataset, reporter)),
  }),
};

/** The main job: profile, search, derive, train, export, measure, report. */
async function searchCommand(
  { file, out, ...overrides }: Extract<EngineRequest, { command: 'search' }>,
  asked: Reporter,
) {
  const settings = await loadSettings(file, overrides);
  const { space, seed } = settings;
  const { targetMs } = space.objective.latency;
  const early: Reporter = {
    ...asked,
    event: event => (event.type === 'warning' ? asked.note(event.message) : undefined),
  };
  const data = await openRunData(settings, early);
  const began = performance.now();
  const { table, predictor, reused } = await profileSpace(space, asked, { seed });
  const profileSeconds = reused ? 0 : (performance.now() - began) / 1000;
  const smallestMs = checkTarget(predictor, targetMs);

  const store = RunStore.create(folders.runs, space.name, file, out);
  const reporter = loggingTo(store, asked);
  writeRecord(store, settings, data, table);
  store.writeJson('latency.json', table);
  const blocks = space.blocks
    .filter(({ candidates }) => candidates.length > 1)
    .map(({ name, candidates }) => ({ name, candidates: candidates.map(candidate => candidate.name) }));
  reporter.event({ type: 'start', space: space.name, blocks, targetMs, seed });
  const summary = summarise(table);
  for (const line of [`run folder ${store.folder}`, ...(reused ? ['latency table from the cache'] : []), ...summary])
    reporter.note(line);
  reporter.event({ type: 'profiled', reused, summary, smallestMs });

  reporter.event({ type: 'stage', stage: 'search' });
  const searchBegan = performance.now();
  const runtime = await createOrtRuntime({ threads: settings.threads });
  reporter.note(`search runs on ${runtime.description}`);
  const supernet = new Supernet(runtime, space, seed);
  const alphas = await runSearch(supernet, runtime, settings, data, predictor, reporter);
  const found: SearchResult = {
    alphas,
    targetMs,
    seconds: (performance.now() - searchBegan) / 1000,
    profileSeconds,
    peakRssMb: peakRssMb(),
  };
  store.writeJson('search.json', found);

  store.writeFile(CHECKPOINT, encodeTensors(supernet.tensors()));

  const opened = { store, settings, predictor, table };
  const derived = await deriveAndStore(opened, alphas, supernet, runtime, data, reporter);
  await runtime.dispose();
  const result = await trainAndReport(opened, data, derived, found, reporter);
  reporter.event({ type: 'done' });
  return { command: 'search' as const, run: store.folder, ...result };
}

interface OpenedRun {
  store: RunStore;
  settings: Settings;
  predictor: LatencyPredictor;
  table: LatencyTable;
}

/** Trains the derived network and its baselines, measures them, and writes `derived/` and `summary.md`. */
async function trainAndReport(
  { store, settings, predictor, table }: OpenedRun,
  data: RunData,
  derived: Derived,
  found: SearchResult,
  reporter: Reporter,
): Promise<{ summary: string; metrics: Metrics }> {
  const { space, seed } = settings;
  reporter.event({ type: 'stage', stage: 'train' });
  const measure = deviceMeasure(space.objective.latency.device);
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
  const { processor, threads, batch, runtime } = table.device;
  const device = `${processor}, ${threads} thread${threads === 1 ? '' : 's'}, batch ${batch}, ${runtime}`;
  const summary = writeSummary(space, derived.choices, metrics, [own, ...baselines], device, data.dataset.notes);
  store.writeJson('derived/metrics.json', metrics);
  store.writeFile('summary.md', summary);
  return { summary, metrics };
}

async function profileCommand(
  { file, again, threads }: Extract<EngineRequest, { command: 'profile' }>,
  reporter: Reporter,
) {
  const { space } = await loadSettings(file, { threads });
  const { table, file: tableFile, reused } = await profileSpace(space, reporter, { again });
  if (!table.validation)
    throw new UserError('the space has too few networks to hold any out: its table cannot be validated', { file });
  const summary = summarise(table);
  return {
    command: 'profile' as const,
    table: tableFile,
    reused,
    summary,
    ...table.validation,
    seconds: table.seconds,
  };
}

async function deriveCommand({ run, targetMs }: Extract<EngineRequest, { command: 'derive' }>, asked: Reporter) {
  const opened = await openRun(run, { targetMs });
  const { store, settings, predictor } = opened;
  const { space, threads, seed } = settings;
  const reporter = loggingTo(store, asked);
  checkTarget(predictor, space.objective.latency.targetMs);
  const { alphas } = readSearch(store, settings);
  const data = await openRunData(settings, reporter);
  const runtime = await createOrtRuntime({ threads });
  const supernet = new Supernet(runtime, space, seed);
  const file = store.path(CHECKPOINT);
  if (!supernet.restore(decodeTensors(readWeights(file, 'start the search again'), file)))
    throw new UserError('the checkpoint is not of this search space: start the search again', { file });
  const { choices, ...latency } = await deriveAndStore(opened, alphas, supernet, runtime, data, reporter);
  await runtime.dispose();
  const names = space.blocks.map(({ candidates }, i) => candidates[choices[i]].name);
  return { command: 'derive' as const, run: store.folder, names, ...latency };
}

async function deriveAndStore(
  { store, settings, predictor }: OpenedRun,
  alphas: readonly (readonly number[])[],
  supernet: Supernet,
  runtime: Runtime,
  data: RunData,
  reporter: Reporter,
): Promise<Derived> {
  const { space, seed } = settings;
  const { targetMs, device } = space.objective.latency;
  reporter.event({ type: 'stage', stage: 'derive' });
  const derived = await derive(space, alphas, targetMs, seed, {
    predictor,
    measure: deviceMeasure(device),
    judge: judgeOf(supernet, runtime, data),
    onProgress: (fraction, text) => reporter.progress('derive', fraction, text),
  });
  const names = writeDerived(store, settings, derived);
  reporter.event({ type: 'derived', names, ...derived });
  return derived;
}

async function trainCommand({ run, epochs }: Extract<EngineRequest, { command: 'train' }>, asked: Reporter) {
  const opened = await openRun(run, { trainEpochs: epochs });
  const reporter = loggingTo(opened.store, asked);
  const { targetMs, ...derived } = readDerived(opened.store, opened.settings);
  const found = readSearch(opened.store, opened.settings);
  const { space } = opened.settings;
  // The target it was derived for, which may not be the one of the search.
  const objective = { ...space.objective, latency: { ...space.objective.latency, targetMs } };
  const settings = { ...opened.settings, space: { ...space, objective } };
  const data = await openRunData(settings, reporter);
  const result = await trainAndReport({ ...opened, settings }, data, derived, found, reporter);
  return { command: 'train' as const, run: opened.store.folder, ...result };
}

async function exportCommand({ run, format }: Extract<EngineRequest, { command: 'export' }>) {
  if (format !== 'onnx') throw new UserError(`there is no export format "${format}": use --format onnx`);
  const { store, settings } = await openRun(run);
  const { choices } = readDerived(store, settings);
  const layers = deriveNetwork(settings.space, choices);
  const file = store.path('derived', 'weights.safetensors');
  const numbers = trainedNumbers(
    layers,
    decodeTensors(readWeights(file, 'train the network first (proxyless train RUN)'), file),
  );
  if (!numbers)
    throw new UserError(
      'the weights are of another network than the one derived last: train it (proxyless train RUN)',
      { file },
    );
  const { graph, constants } = inferenceNetwork(layers, numbers, 1);
  const bytes = exportOnnx(graph, constants, { freeBatch: true, metadata: { name: settings.space.name } });
  const difference = await checkExport(layers, numbers, bytes);
  store.writeFile('derived/model.onnx', bytes);
  return { command: 'export' as const, file: store.path('derived', 'model.onnx'), difference };
}

/** Loads the exported model again and compares its logits with the network's, on random images. */
async function checkExport(layers: LayerGraph, numbers: TrainedNumbers, bytes: Uint8Array): Promise<number> {
  const runtime = await createOrtRuntime({ threads: 1 });
  const random = new Random(1, 'export check');
  const network = new Part(runtime, partDefinition(layers, false), random);
  network.load(numbers);
  const model = await openInferenceModel(bytes, { threads: 1 });
  const images = Float32Array.from({ length: CHECKED_IMAGES * elements(layers.input) }, () => random.normal());
  const difference = await compareExport(runtime, network, model, images);
  await model.release();
  await runtime.dispose();
  return difference;
}

function readSearch(store: RunStore, { space }: Settings): SearchResult {
  const choices = space.blocks.filter(({ candidates }) => candidates.length > 1);
  return store.readJson('search.json', 'it is written when a search ends; start the search again', value => {
    const result = searchResultSchema.parse(value);
    const fits =
      choices.length === result.alphas.length &&
      choices.every(({ candidates }, i) => candidates.length === result.alphas[i].length);
    if (!fits) throw new Error('not of this space');
    return result;
  });
}

function readWeights(file: string, remedy: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new UserError(`${file} is missing: ${remedy}`);
  }
}
