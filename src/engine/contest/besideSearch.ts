import { availableParallelism } from 'node:os';
import { activationBytes } from '../../space/analysis.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenedRun } from '../run/record.ts';
import { trainAll } from '../trainer/trainJobs.ts';
import type { RunData, Settings } from '../workspace.ts';
import { mobileNetV2Style } from './baselines.ts';
import { contestJob, epochsTo } from './contestJob.ts';

/**
 * Bytes of maps in a step that keep one thread busy. With less, the second thread only waits: the fashion-mnist example
 * (74 MB at batch 64) takes as long with two as with one.
 */
const BYTES_PER_THREAD = 64 * 2 ** 20;

/** Threads of the search: as many as its maps are worth, at most those the settings have. */
export function searchThreads({ space, threads }: Pick<Settings, 'space' | 'threads'>): number {
  const worth = Math.floor(activationBytes(space, space.schedule.batch) / BYTES_PER_THREAD);
  return Math.max(1, Math.min(threads, worth));
}

/**
 * While a search leaves cores idle, trains on one of them the baseline that does not depend on what it finds; the contest
 * then takes over what it gave. What goes wrong is left to the contest, which trains the network again and tells.
 */
export async function trainBesideSearch(
  { settings, store }: OpenedRun,
  data: RunData,
  reporter: Reporter,
): Promise<void> {
  if (Math.min(settings.threads, availableParallelism()) <= searchThreads(settings)) return;
  const job = contestJob(mobileNetV2Style(settings.space), settings, data, store);
  // The images a second and the progress that are shown meanwhile are those of the search.
  const quiet = { control: reporter.control, processed: () => {} };
  await trainAll([job], quiet, epochsTo(reporter), 1).catch(() => {});
}
