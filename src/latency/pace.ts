import { median } from './statistics.ts';

/** The machine's pace: what other programs, heat and clocks make of all models alike, for seconds or for minutes. */

/** Fewer models say too little of what they have in common. */
const LEAST_MODELS = 8;

/**
 * Of times relative to one another, those of a machine that is let alone: the lower quartile, as slow spells may take up
 * half of a measurement.
 */
export function undisturbedPace(paces: readonly number[]): number {
  const sorted = paces.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 2];
}

/**
 * Samples as they would be at one pace: what a round has in common against the medians of its models is divided out.
 *
 * @param samplesMs by model, each in the order of the rounds
 */
export function atOnePace(samplesMs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  if (samplesMs.length < LEAST_MODELS) return samplesMs;
  const medians = samplesMs.map(median);
  const rounds = Math.max(...samplesMs.map(({ length }) => length));
  const paces = Array.from({ length: rounds }, (_, round) =>
    // A model with fewer samples is one that crashed its process in the last round.
    median(samplesMs.flatMap((samples, model) => (round < samples.length ? [samples[round] / medians[model]] : []))),
  );
  const own = undisturbedPace(paces);
  return samplesMs.map(samples => samples.map((ms, round) => (ms * own) / paces[round]));
}
