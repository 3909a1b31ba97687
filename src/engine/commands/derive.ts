import { UserError } from '../../base/errors.ts';
import { createOrtRuntime } from '../../runtime/ort/ortRuntime.ts';
import { Supernet } from '../../search/supernet.ts';
import { CHECKPOINT, loggingTo, openRun, readSearch } from '../run/record.ts';
import { readTensors } from '../run/weights.ts';
import { deriveAndStore } from '../search/deriveRun.ts';
import { checkTarget } from '../search/profiling.ts';
import { openRunData } from '../workspace.ts';
import type { Command } from './command.ts';

export const deriveCommand: Command<'derive'> = async ({ run, targetMs }, asked) => {
  const opened = await openRun(run, { targetMs });
  const { store, settings, predictor } = opened;
  const { space, threads, seed } = settings;
  const reporter = loggingTo(store, asked);
  checkTarget(predictor, space.objective.latency.targetMs);
  const { alphas } = readSearch(store, settings);
  const data = await openRunData(settings, reporter);
  const runtime = await createOrtRuntime({ threads });
  const supernet = new Supernet(runtime, space, seed);
  const file = store.path(CHECKPOINT);
  if (!supernet.restore(readTensors(file, 'start the search again')))
    throw new UserError('the checkpoint is not of this search space: start the search again', { file });
  const { choices, ...latency } = await deriveAndStore(opened, alphas, supernet, runtime, data, reporter);
  await runtime.dispose();
  const names = space.blocks.map(({ candidates }, i) => candidates[choices[i]].name);
  return { command: 'derive', run: store.folder, names, ...latency };
};
