import type { ModelToMeasure } from '../../latency/measure.ts';
import { medianRatio } from '../../latency/statistics.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import type { MeasuredDevice } from '../../space/devices.ts';
import type { LatencyGoal, SearchSpace } from '../../space/searchSpace.ts';
import { modelsFor } from './profiling.ts';

/**
 * A network that was measured when one was chosen. Measured again beside others later, it says how the machine's pace
 * changed in between, which heat, clocks and neighbours see to within minutes.
 */
export interface Reference {
  choices: number[];
  measuredMs: number;
}

const key = (index: number) => `reference ${index + 1}`;

/** As models to be measured beside others. */
export function referenceModels(
  space: SearchSpace,
  { device, batch }: LatencyGoal & { device: MeasuredDevice },
  references: readonly Reference[],
): ModelToMeasure[] {
  const build = modelsFor(device);
  return references.map(({ choices }, i) => ({ key: key(i), model: build(deriveNetwork(space, choices), batch) }));
}

/** What they took then, in ms by their keys. */
export function earlierTimes(references: readonly Reference[]): Map<string, number> {
  return new Map(references.map(({ measuredMs }, i) => [key(i), measuredMs]));
}

/** How much slower the machine is than then (below 1: faster), by what was measured now. 1 where there is no reference. */
export function paceSince(references: readonly Reference[], times: ReadonlyMap<string, number>): number {
  return medianRatio(times, earlierTimes(references));
}
