import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { allIndices } from '../data/batches.ts';
import { type Dataset, openDataset } from '../data/dataset.ts';
import { type Normalisation, normalisation } from '../data/normalisation.ts';
import { splitTraining } from '../data/split.ts';
import { loadSearchSpace } from '../space/load.ts';
import type { Objective, SearchSpace } from '../space/searchSpace.ts';
import type { TrainingData } from '../training/train.ts';
import type { Reporter } from './reporter.ts';

/** Where caches and runs are kept, below the folder a command is given in. */
export const folders = {
  runs: resolve('.nas/runs'),
  data: resolve('.nas/cache/data'),
  latency: resolve('.nas/cache/latency'),
};

export interface Overrides {
  seed?: number;
  targetMs?: number;
  epochs?: number;
  threads?: number;
}

/** Settings of a run after the command line had its say. */
export interface Settings {
  file: string;
  space: SearchSpace;
  seed: number;
  /** Threads of the engine's own arithmetic (not of the network that is searched for). */
  threads: number;
}

/**
 * @param importsFrom folder that the file's relative imports start from, for the copy in a run
 * @throws UserError for everything wrong with the file
 */
export async function loadSettings(file: string, overrides: Overrides, importsFrom?: string): Promise<Settings> {
  const space = await loadSearchSpace(file, { importsFrom });
  const { targetMs, epochs = space.schedule.epochs } = overrides;
  return {
    file: resolve(file),
    space: {
      ...space,
      objective: targetMs === undefined ? space.objective : withTarget(space.objective, targetMs),
      schedule: { ...space.schedule, epochs },
    },
    seed: overrides.seed ?? 1,
    threads: overrides.threads ?? availableParallelism(),
  };
}

/** @throws UserError when the space asks for no latency */
export function withTarget(objective: Objective, targetMs: number): Objective {
  const { latency } = objective;
  if (!latency)
    throw new UserError(
      'there is a latency target, but the search space asks for no latency: leave the target out, or give the space objective.latency',
    );
  return { ...objective, latency: { ...latency, targetMs } };
}

/** The data of a run: the training images in two splits that never mix, and the untouched test images. */
export interface RunData {
  dataset: Dataset;
  normalisation: Normalisation;
  /** For weight steps, for architecture steps and validation, both together, and for the final test. */
  weights: TrainingData;
  architecture: TrainingData;
  training: TrainingData;
  test: TrainingData;
}

export async function openRunData({ file, space, seed }: Settings, reporter: Reporter): Promise<RunData> {
  const dataset = await openDataset(space.dataset, {
    baseFolder: dirname(file),
    cacheFolder: folders.data,
    input: space.input,
    onProgress: (fraction, what) => reporter.progress('data', fraction, what),
    onWarning: message => reporter.event({ type: 'warning', message }),
  });
  if (dataset.classes !== space.classes)
    throw new UserError(
      `the data set ${dataset.name} has ${dataset.classes} classes but the search space is made for ${space.classes}: correct the number of classes in the data set's line`,
      { file },
    );
  const split = splitTraining(dataset.train.count, space.schedule.validationShare, seed);
  // Of the images that weights are trained on, so that nothing of the held-out ones leaks into the inputs.
  const shared = { normalisation: normalisation(dataset.train, split.train), classes: dataset.classes };
  const part = (set: Dataset['train'], indices: Int32Array, augment = space.augment): TrainingData => ({
    ...shared,
    set,
    indices,
    augment,
  });
  return {
    dataset,
    normalisation: shared.normalisation,
    weights: part(dataset.train, split.train),
    architecture: part(dataset.train, split.validation),
    training: part(dataset.train, allIndices(dataset.train.count)),
    test: part(dataset.test, allIndices(dataset.test.count), {}),
  };
}
