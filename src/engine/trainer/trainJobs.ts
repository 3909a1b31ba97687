import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../base/errors.ts';
import { residentHeap } from '../../base/residentHeap.ts';
import type { Reporter } from '../reporter.ts';
import { trainedBefore, writeTrained } from './trained.ts';
import type { TrainedNetwork, TrainerMessage, TrainerRequest, TrainingJob } from './trainerMessages.ts';

export interface JobProgress {
  name: string;
  /** Share of this network's steps that is done. */
  fraction: number;
  epoch: number;
  loss: number;
  accuracy: number;
}

/**
 * Trains networks in processes of one thread, as many at a time as there are cores. What an interrupted training of the
 * same networks had finished is taken over.
 *
 * @param cores for all of them together
 */
export async function trainAll(
  jobs: readonly Omit<TrainingJob, 'threads'>[],
  reporter: Pick<Reporter, 'control' | 'processed'>,
  onProgress: (progress: JobProgress) => void,
  cores = availableParallelism(),
): Promise<TrainedNetwork[]> {
  const lanes = Math.min(cores, jobs.length);
  const threads = Math.max(1, Math.floor(cores / lanes));
  const results: TrainedNetwork[] = new Array(jobs.length);
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) {
      const index = next++;
      const job = { ...jobs[index], threads };
      const known = trainedBefore(job);
      results[index] = known ?? (await trainOne(job, reporter, onProgress));
      if (!known) writeTrained(job, results[index]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function trainOne(
  job: TrainingJob,
  { control, processed }: Pick<Reporter, 'control' | 'processed'>,
  onProgress: (progress: JobProgress) => void,
): Promise<TrainedNetwork> {
  const { promise, resolve, reject } = Promise.withResolvers<TrainedNetwork>();
  const script = fileURLToPath(new URL('./trainer.js', import.meta.url));
  const child = fork(script, { env: { ...residentHeap, ...process.env }, execArgv: [], serialization: 'advanced' });
  // A failure to send means that the process is gone, which 'close' tells.
  const tell = (request: TrainerRequest) => child.send(request, () => {});
  const released = control.holding({ hold: () => tell({ type: 'hold' }), release: () => tell({ type: 'release' }) });
  let step = 0;
  child.on('message', (message: TrainerMessage) => {
    if (message.type === 'ready') tell({ type: 'train', job });
    else if (message.type === 'done') resolve(message.result);
    else if (message.type === 'failure')
      reject(message.user ? new UserError(message.message) : new Error(message.message));
    else {
      processed((message.step - step) * job.schedule.batch);
      step = message.step;
      onProgress({ name: job.name, fraction: message.step / message.steps, ...message });
    }
  });
  child.on('error', reject);
  child.on('close', (code, signal) => {
    released();
    // Without effect when the result is there already.
    reject(new Error(`the process training ${job.name} ended by ${signal ?? `exit code ${code}`}`));
  });
  return promise;
}
