import { setImmediate as otherWork } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import { peakRssMb } from '../../base/memory.ts';
import type { Steering } from '../../protocol/control.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { comparePaths } from '../../search/comparePaths.ts';
import { type SearchEvent, search, weightStepsOf } from '../../search/proxyless.ts';
import { steered } from '../../search/restrictions.ts';
import type { SearchState } from '../../search/searchState.ts';
import type { Supernet } from '../../search/supernet.ts';
import { Stopped } from '../control/runControl.ts';
import type { Reporter } from '../reporter.ts';
import { type Checkpoint, Checkpoints } from '../run/checkpoints.ts';
import { limitsOf, type OpenedRun } from '../run/record.ts';
import type { RunData } from '../workspace.ts';
import { checkLimits, checkPossible } from './checkLimits.ts';
import type { DeriveTools } from './derive.ts';
import { searchedCosts } from './limits.ts';
import { SearchLog } from './searchLog.ts';

/** Milliseconds between two checkpoints within an epoch. */
const CHECKPOINT_MS = 60_000;

/** A supernet, and where the search of it stands; at its start where there is no checkpoint. */
export interface SearchStand {
  runtime: Runtime;
  supernet: Supernet;
  from?: Checkpoint;
  /** Epochs of the warm-up that need not be done, as the weights were trained before. */
  warmupDone?: number;
}

/**
 * Runs the search over the real data, from where it stands. Every step goes to the log, checkpoints into the run; between
 * steps it does what it is told.
 *
 * @returns seconds of searching so far, in this process and before, and the most memory it took
 * @throws Stopped once what it reached is saved
 */
export async function runSearch(
  { runtime, supernet, from, warmupDone = 0 }: SearchStand,
  run: OpenedRun,
  data: RunData,
  reporter: Reporter,
): Promise<{ seconds: number; peakRssMb: number }> {
  const { space, seed } = run.settings;
  const { control } = reporter;
  const limits = limitsOf(run);
  const log = new SearchLog(supernet, limits, from);
  const checkpoints = new Checkpoints(run.store);
  const total = weightStepsOf(space, data.weights.indices.length);
  const perEpoch = total / (space.schedule.warmupEpochs + space.schedule.epochs);
  if (!from) log.step = warmupDone * perEpoch;
  const [began, pausedBefore] = [performance.now(), control.pausedMs];
  const spent = () => ({
    seconds: (from?.seconds ?? 0) + (performance.now() - began - (control.pausedMs - pausedBefore)) / 1000,
    peakRssMb: Math.max(from?.peakRssMb ?? 0, peakRssMb()),
  });
  let best = from?.best ?? null;
  let savedAt = from ? performance.now() : Number.NEGATIVE_INFINITY;

  const onEvent = (event: SearchEvent) => {
    reporter.event(log.take(event));
    if (event.kind === 'weights') {
      reporter.progress('search', (event.step + 1) / total, log.text(event));
    }
    if (event.kind !== 'epoch') return reporter.processed(space.schedule.batch);
    const { accuracy } = event.validation;
    if (!event.warmup && accuracy > (best?.accuracy ?? -1)) best = { step: log.step, accuracy };
    // An epoch's end is saved.
    savedAt = Number.NEGATIVE_INFINITY;
  };

  const save = (state: SearchState) => {
    const { lines, bytes } = run.store.log;
    checkpoints.save(supernet, { version: 1, search: state, shown: log.sums, best, log: { lines, bytes }, ...spent() });
    savedAt = performance.now();
  };

  const keyframe = (state: SearchState) => {
    const epoch = Math.min(Math.floor(log.step / perEpoch), total / perEpoch - 1);
    reporter.event(log.keyframe(state, { epoch, warmup: epoch < space.schedule.warmupEpochs }));
  };

  const breathe = async (state: () => SearchState) => {
    await otherWork();
    control.step = log.step;
    if (log.keyframeDue) keyframe(state());
    for (let heard = control.hear(); ; heard = control.hear()) {
      const followed = heard.steering.filter(steering => steer(steering, supernet, run, reporter));
      if (followed.length > 0) {
        keyframe(state());
        save(state());
      }
      if (heard.wanted === 'running') break;
      if (heard.wanted === 'stopping') {
        reporter.event({ type: 'stopped', step: log.step });
        save(state());
        throw new Stopped();
      }
      if (control.tell('paused')) save(state());
      await control.change();
    }
    if (performance.now() - savedAt > CHECKPOINT_MS) save(state());
  };

  const asked = searchedCosts(limits);
  const options = { ...asked, seed, from: from?.search, warmupDone, onEvent, breathe };
  await control.saving(() => search(runtime, supernet, data, options));
  return spent();
}

/** Locks, bans or frees a candidate. @returns whether that could be done */
function steer(steering: Steering, supernet: Supernet, run: OpenedRun, { event, control }: Reporter): boolean {
  const before = supernet.restrictions;
  const blocks = supernet.choices.map(({ block: { name, candidates } }) => ({
    name,
    candidates: candidates.map(candidate => candidate.name),
  }));
  try {
    supernet.restrictions = steered(before, steering, blocks);
    const limits = limitsOf(run);
    checkLimits(limits, supernet.allowedAlphas());
    checkPossible(limits, supernet);
  } catch (error) {
    supernet.restrictions = before;
    if (!(error instanceof UserError)) throw error;
    control.refuse(error.message);
    return false;
  }
  event({ type: 'steered', step: control.step ?? 0, ...steering, ...supernet.restrictions });
  return true;
}

/** Held-out images that networks are compared on. */
const JUDGED_IMAGES = 2048;

/** Cross-entropies of paths of the supernet on held-out images, in batches of its training. @param breathe awaited after each path of each batch */
export function judgeOf(
  supernet: Supernet,
  runtime: Runtime,
  data: RunData,
  breathe: () => Promise<void>,
): DeriveTools['judge'] {
  const { batch } = supernet.space.schedule;
  const images = { ...data.architecture, indices: data.architecture.indices.subarray(0, JUDGED_IMAGES) };
  return (networks, onProgress) => {
    const paths = networks.map(choices => choices.filter((_, block) => supernet.blocks[block].architecture));
    return comparePaths(runtime, supernet, paths, images, {
      batch,
      breathe: fraction => {
        onProgress(fraction);
        return breathe();
      },
    });
  };
}
