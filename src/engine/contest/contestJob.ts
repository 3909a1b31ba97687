import type { Reporter } from '../reporter.ts';
import type { RunStore } from '../run/runStore.ts';
import { trainingJob } from '../trainer/trainingJob.ts';
import type { JobProgress } from '../trainer/trainJobs.ts';
import type { RunData, Settings } from '../workspace.ts';
import type { Baseline } from './baselines.ts';

/** The folder of a network's files: `derived/`, and one per baseline below it. */
export function folderOf(store: RunStore, name: string): string {
  return name === 'derived' ? store.path('derived') : store.path('derived', 'baselines', name.replace(/[^\w.]+/g, '-'));
}

/** The training of one network of the contest: the same for all of them, whenever it takes place. */
export function contestJob({ name, layers }: Baseline, settings: Settings, data: RunData, store: RunStore) {
  return trainingJob(settings, data, { name, layers, folder: folderOf(store, name) });
}

/** Logs each epoch that a training comes to. */
export function epochsTo(reporter: Pick<Reporter, 'event'>): (progress: JobProgress) => void {
  const reached = new Map<string, number>();
  return ({ name, epoch, loss, accuracy }) => {
    if (reached.get(name) === epoch) return;
    reached.set(name, epoch);
    reporter.event({ type: 'trained', network: name, epoch, loss, accuracy });
  };
}
