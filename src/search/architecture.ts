import type { Random } from '../base/random.ts';
import { type AdamOptions, type AdamState, adamStep, createAdamState } from '../training/optimisers.ts';

/** Architecture parameters of one choice block, and their optimiser's state. */
export interface ArchitectureParameters {
  alpha: Float64Array;
  adam: AdamState;
}

/** Starts at normal(0, 1e-3), as the authors' code does: all candidates nearly alike. */
export function createArchitectureParameters(candidates: number, random: Random): ArchitectureParameters {
  return {
    alpha: Float64Array.from({ length: candidates }, () => random.normal() * 1e-3),
    adam: createAdamState(candidates),
  };
}

export function softmax(values: ArrayLike<number>): Float64Array {
  const largest = Math.max(...Array.from(values));
  const exponentials = Float64Array.from(values, value => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map(value => value / total);
}

/** Entropy in nats. */
export function entropy(probabilities: ArrayLike<number>): number {
  return -Array.from(probabilities).reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}

/**
 * From gradients by gates to gradients by architecture parameters: `dL/dalpha_i = sum_j dL/dg_j p_j (delta_ij - p_i)`
 * (ProxylessNAS, arXiv 1812.00332, equation 4). The same formula takes gradients by probabilities, such as those of the
 * expected latency.
 */
export function alphaGradients(probabilities: ArrayLike<number>, gateGradients: ArrayLike<number>): Float64Array {
  const mean = Array.from(probabilities).reduce((sum, p, j) => sum + p * gateGradients[j], 0);
  return Float64Array.from(probabilities, (p, i) => p * (gateGradients[i] - mean));
}

/** The two candidates of a step in mode `two`. */
export interface Pair {
  indices: [number, number];
  /** Their probabilities, renormalised to sum 1. */
  probabilities: Float64Array;
  /** Which of the two is active: 0 or 1. */
  active: number;
}

/** Draws two different candidates by their probabilities, then the active one of them by the renormalised ones. */
export function drawPair(probabilities: Float64Array, random: Random): Pair {
  const first = random.pick(probabilities);
  const second = random.pick(probabilities.map((p, i) => (i === first ? 0 : Math.max(p, 1e-12))));
  const total = probabilities[first] + probabilities[second];
  const pair = Float64Array.of(probabilities[first] / total, probabilities[second] / total);
  return { indices: [first, second], probabilities: pair, active: random.pick(pair) };
}

/** One step of the optimiser over the architecture parameters of some candidates of a block, or of all. */
export function updateAll(
  { alpha, adam }: ArchitectureParameters,
  indices: readonly number[],
  gradient: ArrayLike<number>,
  options: AdamOptions,
): void {
  const whole = new Float64Array(alpha.length);
  for (const [k, i] of indices.entries()) whole[i] = gradient[k];
  adamStep(alpha, whole, adam, options);
}

/**
 * One step over the two drawn candidates; the others keep their probability, because the two are shifted together such
 * that the sum of their exponentials stays what it was.
 */
export function updatePair(
  { alpha, adam }: ArchitectureParameters,
  [i, j]: readonly number[],
  gradient: ArrayLike<number>,
  options: AdamOptions,
): void {
  const whole = new Float64Array(alpha.length);
  whole[i] = gradient[0];
  whole[j] = gradient[1];
  const before = logSumExp(alpha[i], alpha[j]);
  adamStep(alpha, whole, adam, options);
  const shift = logSumExp(alpha[i], alpha[j]) - before;
  alpha[i] -= shift;
  alpha[j] -= shift;
}

function logSumExp(a: number, b: number): number {
  const largest = Math.max(a, b);
  return largest + Math.log(Math.exp(a - largest) + Math.exp(b - largest));
}
