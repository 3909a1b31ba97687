import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { TensorFile } from '../../export/tensorFile.ts';
import { Checkpoints } from '../run/checkpoints.ts';
import { readSearch, SUPERNET } from '../run/record.ts';
import { RunStore } from '../run/runStore.ts';
import { loadSettings } from '../workspace.ts';
import type { Ancestor } from './inherit.ts';

/**
 * A run to inherit from: what its search ended with or, where it was stopped before, its newest checkpoint. The device it
 * ran on does not matter: weights and preferences are taken, no latencies.
 *
 * @throws UserError when it is no run, or its search has nothing to give yet
 */
export async function openAncestor(run: string): Promise<Ancestor> {
  const store = RunStore.open(run);
  const { file, ...asRun } = store.readJson('run.json', 'it is written when a search starts', value =>
    z.object({ file: z.string(), targetMs: z.number().optional(), epochs: z.int() }).parse(value),
  );
  const { space } = await loadSettings(store.path('space.nas.ts'), asRun, dirname(file));
  const name = basename(store.folder);
  if (store.has('search.json')) {
    const { alphas } = readSearch(store, { space });
    return { run: name, space, alphas, withTensors: use => TensorFile.use(store.path(SUPERNET), use) };
  }
  const newest = new Checkpoints(store).newest();
  if (!newest)
    throw new UserError(`there is nothing to inherit from the run ${name}: it was stopped before its search had begun`);
  const { alphas } = newest.checkpoint.search.architecture;
  return { run: name, space, alphas, withTensors: use => TensorFile.use(newest.path, use) };
}
