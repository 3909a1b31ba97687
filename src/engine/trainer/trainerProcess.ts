import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import { writeFileAtomic, writing } from '../../base/files.ts';
import { peakRssMb } from '../../base/memory.ts';
import { Random } from '../../base/random.ts';
import { allIndices, evaluationBatches } from '../../data/batches.ts';
import { openDataset } from '../../data/dataset.ts';
import { splitTraining } from '../../data/split.ts';
import { exportOnnx } from '../../export/onnx.ts';
import { encodeTensors } from '../../export/safetensors.ts';
import { openInferenceModel } from '../../runtime/ort/inference.ts';
import { createOrtRuntime } from '../../runtime/ort/ortRuntime.ts';
import { inferenceNetwork } from '../../search/inference.ts';
import { partDefinition } from '../../search/layers.ts';
import { Part } from '../../training/part.ts';
import { evaluateNetwork, trainNetwork } from '../../training/train.ts';
import { modelMetadata, plainNormalisation } from '../run/modelMetadata.ts';
import { weightTensors } from '../run/weights.ts';
import { evaluateModel } from './evaluateModel.ts';
import type { TrainedNetwork, TrainerMessage, TrainerRequest, TrainingJob } from './trainerMessages.ts';
import { CHECKED_IMAGES, compareExport } from './verifyExport.ts';

/**
 * A process that trains one network. Several run side by side with one thread each: small networks scale better over
 * processes than over threads.
 */

// A parent that is gone shows as a failing send, which must not become an exception: 'disconnect' ends the process.
const send = (message: TrainerMessage) => process.send?.(message, undefined, {}, () => {});

/** While the work is paused: resolves when it goes on. */
let pause: PromiseWithResolvers<void> | undefined;

async function breathe(): Promise<void> {
  await otherWork();
  await pause?.promise;
}

/** Steps between two messages. */
const REPORT_EVERY = 20;
const TESTED_BATCH = 256;

async function train(job: TrainingJob): Promise<TrainedNetwork> {
  const began = performance.now();
  const { spec, baseFolder, cacheFolder } = job.dataset;
  const dataset = await openDataset(spec, { baseFolder, cacheFolder, input: job.layers.input });
  const shared = { normalisation: job.normalisation, classes: dataset.classes };
  const split = job.heldOut && splitTraining(dataset.train.count, job.heldOut.share, job.heldOut.seed);
  const indices = split?.train ?? allIndices(dataset.train.count);
  const training = { ...shared, set: dataset.train, indices, augment: job.augment };
  const test = split
    ? { ...shared, set: dataset.train, indices: split.validation, augment: {} }
    : { ...shared, set: dataset.test, indices: allIndices(dataset.test.count), augment: {} };

  const runtime = await createOrtRuntime({ threads: job.threads, keepsMemory: true });
  const part = new Part(runtime, partDefinition(job.layers, false), new Random(job.seed, `weights ${job.name}`));
  await trainNetwork(runtime, [part], training, job.schedule, {
    seed: job.seed,
    onStep: progress => {
      if (progress.step % REPORT_EVERY === 0 || progress.step === progress.steps)
        send({ type: 'progress', ...progress });
    },
    breathe,
  });

  const result = (testAccuracy: number, testCrossEntropy: number, exportDifference: number): TrainedNetwork => ({
    name: job.name,
    testAccuracy,
    testCrossEntropy,
    exportDifference,
    seconds: (performance.now() - began) / 1000,
    peakRssMb: peakRssMb(),
  });
  if (split) {
    const { accuracy, crossEntropy } = await evaluateNetwork(runtime, [part], test, TESTED_BATCH, 'running', breathe);
    await runtime.dispose();
    return result(accuracy, crossEntropy, 0);
  }

  const { graph, constants } = inferenceNetwork(job.layers, part, 1);
  const metadata = modelMetadata(job.name, job.seed, plainNormalisation(job.normalisation));
  const bytes = exportOnnx(graph, constants, { freeBatch: true, metadata });
  writing(job.folder, () => {
    writeFileAtomic(join(job.folder, 'weights.safetensors'), encodeTensors(weightTensors(part)));
    writeFileAtomic(join(job.folder, 'model.onnx'), bytes);
  });

  const model = await openInferenceModel(bytes, { threads: job.threads });
  const [{ images }] = evaluationBatches(test.set, test.indices.subarray(0, CHECKED_IMAGES), {
    ...shared,
    batch: CHECKED_IMAGES,
  });
  const exportDifference = await compareExport(runtime, part, model, images);
  await breathe();
  const { accuracy, crossEntropy } = await evaluateModel(model, test);
  await model.release();
  await runtime.dispose();
  return result(accuracy, crossEntropy, exportDifference);
}

function start(job: TrainingJob): void {
  train(job)
    .then((result): TrainerMessage => ({ type: 'done', result }))
    .catch((error: unknown): TrainerMessage => {
      const user = error instanceof UserError;
      const message = user ? error.describe() : error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { type: 'failure', user, message };
    })
    // Sent whole before the channel goes, and with it the process.
    .then(last => process.send?.(last, undefined, {}, () => process.disconnect()));
}

process.on('message', (request: TrainerRequest) => {
  if (request.type === 'train') start(request.job);
  else if (request.type === 'hold') pause ??= Promise.withResolvers();
  else {
    pause?.resolve();
    pause = undefined;
  }
});
// Without the engine there is nobody to train for.
process.on('disconnect', () => process.exit());
send({ type: 'ready' });
