import type { Parameter } from './parameters.ts';

export interface SgdOptions {
  rate: number;
  momentum: number;
  weightDecay: number;
}

/**
 * One step of stochastic gradient descent with Nesterov momentum, in place (Sutskever et al. 2013, in the form
 * `v = m v + d; w -= rate (d + m v)`, `d = gradient + decay w`).
 */
export function sgdStep(
  parameter: Parameter,
  gradient: Float32Array,
  { rate, momentum, weightDecay }: SgdOptions,
): void {
  const { values } = parameter;
  parameter.momentum ??= new Float32Array(values.length);
  const velocity = parameter.momentum;
  const decay = parameter.decay ? weightDecay : 0;
  for (let i = 0; i < values.length; i++) {
    const d = gradient[i] + decay * values[i];
    const v = momentum * velocity[i] + d;
    velocity[i] = v;
    values[i] -= rate * (d + momentum * v);
  }
}

export interface AdamOptions {
  rate: number;
  beta1: number;
  beta2: number;
  eps: number;
}

/** State of Adam for one vector. */
export interface AdamState {
  first: Float64Array;
  second: Float64Array;
  /** Updates done. */
  steps: number;
}

export function createAdamState(size: number): AdamState {
  return { first: new Float64Array(size), second: new Float64Array(size), steps: 0 };
}

/** One step of Adam in place (Kingma and Ba, arXiv 1412.6980, algorithm 1). */
export function adamStep(
  values: Float64Array,
  gradient: ArrayLike<number>,
  state: AdamState,
  options: AdamOptions,
): void {
  const { rate, beta1, beta2, eps } = options;
  state.steps++;
  const correction1 = 1 - beta1 ** state.steps;
  const correction2 = 1 - beta2 ** state.steps;
  for (let i = 0; i < values.length; i++) {
    state.first[i] = beta1 * state.first[i] + (1 - beta1) * gradient[i];
    state.second[i] = beta2 * state.second[i] + (1 - beta2) * gradient[i] ** 2;
    values[i] -= (rate * (state.first[i] / correction1)) / (Math.sqrt(state.second[i] / correction2) + eps);
  }
}

/** Cosine decay from `rate` to 0 over `total` steps. */
export function cosineRate(rate: number, step: number, total: number): number {
  return 0.5 * rate * (1 + Math.cos((Math.PI * Math.min(step, total)) / Math.max(total, 1)));
}
