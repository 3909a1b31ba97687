import { priceOf } from '../../latency/imported/price.ts';
import type { Measure, ModelToMeasure } from '../../latency/measure.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Derived } from '../search/derive.ts';
import { earlierTimes, paceSince, referenceModels } from '../search/references.ts';
import type { RunLatency } from '../search/runLatency.ts';
import { SUSPICIOUS, undisturbed } from '../search/undisturbed.ts';
import type { Baseline, MeasuredGoal } from './baselines.ts';

const MEASURING_SECONDS = 12;

export interface MeasuringTools {
  measure: Measure;
  /** Some seconds of rest, for a machine that is busy with something else. */
  rest(): Promise<void>;
  onProgress(fraction: number): void;
}

export interface Latencies {
  /** In ms by network. */
  ms: Map<string, number>;
  /** How much slower than they are here the networks ran, the machine having changed its pace; undefined where it is not known. */
  pace?: number;
}

/**
 * End to end latency of the trained networks, all in the same rounds, at the machine's pace of when the derived one was
 * chosen: what was chosen for a latency then is not judged by what became of the machine since. What else runs on it makes
 * it slower, never faster: where it became much faster, it was slowed down then, and the figures are as they were measured.
 */
export async function measuredLatencies(
  models: readonly ModelToMeasure[],
  space: SearchSpace,
  goal: MeasuredGoal,
  { measuredMs, references = [] }: Derived,
  { measure, rest, onProgress }: MeasuringTools,
): Promise<Latencies> {
  const options = {
    threads: goal.threads,
    seed: 1,
    budgetSeconds: MEASURING_SECONDS,
    tolerance: 0.003,
    onProgress,
  };
  const expectedMs = earlierTimes(references);
  if (measuredMs !== undefined) expectedMs.set('derived', measuredMs);
  const beside = [...models, ...referenceModels(space, goal, references)];
  const times = await undisturbed(measure, beside, options, expectedMs, rest);
  const pace = paceSince(references, times);
  const drifted = pace > 1 / SUSPICIOUS ? pace : 1;
  const ms = new Map(models.map(({ key }) => [key, (times.get(key) as number) / drifted]));
  return { ms, pace: references.length > 0 ? drifted : undefined };
}

/** Latency by a table of others, of the networks that it has all entries for. */
export function pricedLatencies(entries: readonly Baseline[], latency: RunLatency | undefined): Latencies {
  const table = latency?.imported;
  const prices = entries.map(({ name, layers }) => [name, table && priceOf(layers, table).ms] as const);
  return { ms: new Map(prices.flatMap(([name, ms]) => (typeof ms === 'number' ? [[name, ms]] : []))) };
}
