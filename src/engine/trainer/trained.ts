import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeJsonAtomic, writing } from '../../base/files.ts';
import type { TrainedNetwork, TrainingJob } from './trainerMessages.ts';

/** What a training gave, kept beside its weights until all networks of a run are reported. */
const FILE = 'training.json';

const trainedSchema = z.object({
  /** Of everything that decides what the training gives. */
  job: z.string(),
  result: z.object({
    name: z.string(),
    testAccuracy: z.number(),
    testCrossEntropy: z.number(),
    exportDifference: z.number(),
    seconds: z.number(),
    peakRssMb: z.number(),
  }),
});

/** A job as far as it decides what the training gives: on however many threads. */
type Job = Omit<TrainingJob, 'threads'> & { threads?: number };

/** What the very same job gave earlier in the run. */
export function trainedBefore(job: Job): TrainedNetwork | undefined {
  try {
    const kept = trainedSchema.parse(JSON.parse(readFileSync(join(job.folder, FILE), 'utf8')));
    return kept.job === fingerprint(job) ? kept.result : undefined;
  } catch {
    return undefined;
  }
}

export function writeTrained(job: Job, result: TrainedNetwork): void {
  writing(job.folder, () => writeJsonAtomic(join(job.folder, FILE), { job: fingerprint(job), result }));
}

/** Once all are reported: to train them again is then to train them anew. @param derived the run's folder of networks */
export function forgetTrained(derived: string): void {
  for (const name of readdirSync(derived, { recursive: true, encoding: 'utf8' }))
    if (basename(name) === FILE) rmSync(join(derived, name), { force: true });
}

function fingerprint({ folder: _, threads: __, normalisation: { mean, std }, ...job }: Job): string {
  return createHash('sha256')
    .update(JSON.stringify([job, [...mean], [...std]]))
    .digest('hex');
}
