import type { Runtime } from '../../runtime/runtime.ts';
import type { Supernet } from '../../search/supernet.ts';
import type { Reporter } from '../reporter.ts';
import { type OpenedRun, writeDerived } from '../run/record.ts';
import type { RunData } from '../workspace.ts';
import { type Derived, derive } from './derive.ts';
import { deviceMeasure } from './profiling.ts';
import { judgeOf } from './searching.ts';

/** Derives the network of a run for its target and writes `derived/architecture.json`. */
export async function deriveAndStore(
  { store, settings, predictor }: OpenedRun,
  alphas: readonly (readonly number[])[],
  supernet: Supernet,
  runtime: Runtime,
  data: RunData,
  reporter: Reporter,
): Promise<Derived> {
  const { space, seed } = settings;
  const { targetMs, device } = space.objective.latency;
  reporter.event({ type: 'stage', stage: 'derive' });
  const derived = await derive(space, alphas, targetMs, seed, {
    predictor,
    measure: deviceMeasure(device),
    judge: judgeOf(supernet, runtime, data),
    onProgress: (fraction, text) => reporter.progress('derive', fraction, text),
  });
  const names = writeDerived(store, settings, derived);
  reporter.event({ type: 'derived', names, ...derived });
  return derived;
}
