import type { Measure, MeasureOptions, ModelToMeasure } from '../../latency/measure.ts';
import { medianRatio } from '../../latency/statistics.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import { measuredGoal } from '../../space/devices.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { modelsFor } from './profiling.ts';
import { undisturbed } from './undisturbed.ts';

const MEASURING_SECONDS = 6;

/** A network, what it is predicted to take, and what it took; undefined where that is not known. */
interface Timed {
  choices: number[];
  predictedMs?: number;
  measuredMs?: number;
}

export interface MeasuringOptions {
  /** On the device that is asked for; undefined where none is at hand. */
  measure?: Measure;
  /** Some seconds of rest, for a machine that is busy with something else. */
  rest(): Promise<void>;
  /** Of the order of measuring. */
  seed: number;
  onProgress(share: number): void;
}

/**
 * Measures networks beside those of earlier rounds, which are measured again: a machine changes its pace within seconds or
 * minutes, and times at two paces cannot be compared. Where it has become faster, by those of before, the new times count;
 * where it has become slower, they are brought to the pace of before, as what else runs on a machine never makes it faster.
 *
 * @param ratio what networks took so far for a millisecond of the prediction
 * @returns all of them, at one pace; as they are where no device is at hand
 */
export async function measureBeside<Network extends Timed>(
  space: SearchSpace,
  before: readonly Network[],
  chosen: readonly Network[],
  ratio: number,
  { measure, rest, seed, onProgress }: MeasuringOptions,
): Promise<Network[]> {
  const known = new Set(before.map(({ choices }) => choices.join()));
  const networks = [...before, ...chosen.filter(({ choices }) => !known.has(choices.join()))];
  const work = workOn(space, networks, seed, onProgress);
  if (!work || !measure || networks.length === 0) return networks;
  const earlier = latenciesOf(before, 'measuredMs');
  const predicted = [...latenciesOf(networks, 'predictedMs')].map(([key, ms]) => [key, ms * ratio] as const);
  const expected = new Map([...predicted, ...earlier]);
  const times = await undisturbed(measure, work.models, work.options, expected, rest);
  const slower = Math.max(1, medianRatio(times, earlier));
  return networks.map(network => ({ ...network, measuredMs: (times.get(network.choices.join()) as number) / slower }));
}

/** One more look at networks that were measured, whatever else the machine does. @returns what they take now */
export async function lookAgain<Network extends Timed>(
  space: SearchSpace,
  networks: readonly Network[],
  { measure, seed, onProgress }: Omit<MeasuringOptions, 'rest'>,
): Promise<Network[]> {
  const work = workOn(space, networks, seed, onProgress);
  if (!work || !measure) return [...networks];
  const { measurements } = await measure(work.models, work.options);
  const times = new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
  return networks.map(network => ({ ...network, measuredMs: times.get(network.choices.join()) }));
}

/** What the device is given to measure; undefined where none is asked for. */
function workOn(
  space: SearchSpace,
  networks: readonly Timed[],
  seed: number,
  onProgress: (share: number) => void,
): { models: ModelToMeasure[]; options: MeasureOptions } | undefined {
  const goal = measuredGoal(space.objective.latency);
  if (!goal) return undefined;
  const { device, threads, batch } = goal;
  const build = modelsFor(device);
  const models = networks.map(({ choices }) => ({
    key: choices.join(),
    model: build(deriveNetwork(space, choices), batch),
  }));
  return { models, options: { threads, seed, budgetSeconds: MEASURING_SECONDS, tolerance: 0.005, onProgress } };
}

/** By choices, as far as it is known. */
export function latenciesOf(networks: readonly Timed[], which: 'predictedMs' | 'measuredMs'): Map<string, number> {
  return new Map(
    networks.flatMap(({ choices, [which]: ms }) => (ms === undefined ? [] : [[choices.join(), ms] as const])),
  );
}
