import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deriveNetwork } from '../../space/analysis.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenedRun } from '../run/record.ts';
import { trainingJob } from '../trainer/trainingJob.ts';
import { trainAll } from '../trainer/trainJobs.ts';
import type { RunData } from '../workspace.ts';
import type { DeriveTools } from './derive.ts';

/**
 * Trains finalists for a few epochs on the images that weights are searched on, each from scratch, and tests them on the
 * held-out ones. The test images stay untouched: they must not have a say in what is chosen.
 */
export function rehearsalOf(
  { store, settings }: OpenedRun,
  data: RunData,
  reporter: Reporter,
): DeriveTools['rehearse'] {
  const { space, seed } = settings;
  const { validationShare } = space.schedule;
  const folder = store.path('derived', 'finalists');
  return async (networks, epochs, onProgress) => {
    const jobs = networks.map((choices, i) => {
      const [name, layers] = [`finalist ${i + 1}`, deriveNetwork(space, choices)];
      const job = trainingJob(settings, data, { name, layers, folder: join(folder, String(i + 1)) });
      const schedule = { ...job.schedule, epochs };
      return { ...job, schedule, heldOut: { share: validationShare, seed } };
    });
    const done = new Map<string, number>();
    const results = await trainAll(jobs, reporter, ({ name, fraction }) => {
      done.set(name, fraction);
      const sum = [...done.values()].reduce((total, one) => total + one, 0);
      onProgress(sum / jobs.length);
    });
    rmSync(folder, { recursive: true, force: true });
    return results.map(({ testCrossEntropy }) => testCrossEntropy);
  };
}
