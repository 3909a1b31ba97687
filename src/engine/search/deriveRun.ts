import type { Measure } from '../../latency/measure.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Supernet } from '../../search/supernet.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import { countNetwork } from '../../space/budgets.ts';
import { measuredGoal } from '../../space/devices.ts';
import { rest } from '../control/rest.ts';
import type { Reporter } from '../reporter.ts';
import { limitsOf, type OpenedRun, writeDerived } from '../run/record.ts';
import type { RunData } from '../workspace.ts';
import { type Derived, derive } from './derive.ts';
import { deviceMeasure } from './profiling.ts';
import { rehearsalOf } from './rehearsal.ts';
import { judgeOf } from './searching.ts';
import { traceDerived } from './trace.ts';

/** A supernet that was searched. */
export interface Searched {
  supernet: Supernet;
  runtime: Runtime;
  /** The end of what still runs beside it: nothing is measured before. */
  beside?: Promise<void>;
}

/** Derives the network of a run within its limits and writes `derived/architecture.json`. */
export async function deriveAndStore(
  opened: OpenedRun,
  alphas: readonly (readonly number[])[],
  { supernet, runtime, beside }: Searched,
  data: RunData,
  reporter: Reporter,
): Promise<Derived> {
  const { store, settings } = opened;
  const { space, seed } = settings;
  const goal = measuredGoal(space.objective.latency);
  reporter.event({ type: 'stage', stage: 'derive' });
  const device = goal && deviceMeasure(goal.device, reporter.control);
  const quiet: Measure | undefined =
    device &&
    (async (...asked) => {
      await beside;
      return device(...asked);
    });
  const derived = await derive(space, alphas, limitsOf(opened), seed, {
    measure: quiet,
    judge: judgeOf(supernet, runtime, data, () => reporter.control.breathe()),
    rehearse: rehearsalOf(opened, data, reporter),
    rest: () => rest(reporter.control),
    onProgress: (fraction, text) => reporter.progress('derive', fraction, text),
  });
  const names = writeDerived(store, settings, derived);
  const sizes = countNetwork(deriveNetwork(space, derived.choices), space);
  const { references: _, ...found } = derived;
  reporter.event({ type: 'derived', names, ...found, ...sizes });
  await traceDerived(opened, derived, reporter);
  return derived;
}
