import { dirname } from 'node:path';
import { folders, type RunData, type Settings } from '../workspace.ts';
import type { TrainingJob } from './trainerMessages.ts';

/** The training of one network as a run's settings have it: all its training images, the whole schedule. */
export function trainingJob(
  { file, space, seed }: Settings,
  { normalisation }: RunData,
  network: Pick<TrainingJob, 'name' | 'layers' | 'folder'>,
): Omit<TrainingJob, 'threads'> {
  const { train, momentum } = space.schedule;
  return {
    ...network,
    dataset: { spec: space.dataset, baseFolder: dirname(file), cacheFolder: folders.data },
    normalisation,
    augment: space.augment,
    schedule: { ...train, momentum },
    seed,
  };
}
