import { UserError } from '../base/errors.ts';
import type { LatencyLoss } from '../space/searchSpace.ts';

/** What the latency term makes of a step: factors on the gradients that come from cross-entropy and from latency. */
export interface LatencyPull {
  /** The whole loss. */
  loss: number;
  /** d loss / d CE */
  byCrossEntropy: number;
  /** d loss / d E, per millisecond */
  byLatency: number;
}

/** The latency term of the loss: how expected latency E (ms) and target T (ms) meet the cross-entropy. */
export interface LatencyTerm {
  apply(crossEntropy: number, expectedMs: number): LatencyPull;
  /** After an architecture step; the constraint's multiplier learns here. */
  update(expectedMs: number): void;
  /** Multiplier of the constraint, to be stored and shown; fixed for the other forms. */
  lambda: number;
}

/**
 * @throws UserError for `mul#log` with a target at or under 1 ms, where the published form has no meaning:
 *   it divides by ln T, which is zero at 1 ms, and below rewards slower networks
 */
export function createLatencyTerm(form: LatencyLoss, targetMs: number): LatencyTerm {
  switch (form.form) {
    case 'constraint':
      return constraint(form.lambdaRate ?? 0.005, targetMs);
    case 'add#linear':
      return linear(form.lambda ?? 0.1, targetMs);
    case 'mul#log':
      return logarithmic(form.a ?? 0.2, form.b ?? 0.3, targetMs);
  }
}

/**
 * `CE + lambda v + damping/2 v^2` with the violation `v = E/T - 1` and `lambda += rate v`: the learned multiplier of
 * LightNAS (arXiv 2208.14446), made an augmented Lagrangian (Hestenes 1969), because the multiplier alone swings around
 * the target. Below the target lambda may turn negative: latency that was granted is to be used.
 */
function constraint(rate: number, target: number): LatencyTerm {
  return {
    lambda: 0,
    apply(crossEntropy, expected) {
      const violation = expected / target - 1;
      const loss = crossEntropy + this.lambda * violation + (DAMPING / 2) * violation ** 2;
      return { loss, byCrossEntropy: 1, byLatency: (this.lambda + DAMPING * violation) / target };
    },
    update(expected) {
      this.lambda += rate * (expected / target - 1);
    },
  };
}

/** In the unit of the loss: a tenth off the target pulls like a multiplier of a tenth of this. */
const DAMPING = 1;

/** `CE + lambda (E - T) / T` (ProxylessNAS, the authors' `add#linear`). */
function linear(lambda: number, target: number): LatencyTerm {
  return {
    lambda,
    apply: (crossEntropy, expected) => ({
      loss: crossEntropy + lambda * (expected / target - 1),
      byCrossEntropy: 1,
      byLatency: lambda / target,
    }),
    update() {},
  };
}

/** `a CE (ln E / ln T)^b` (the authors' `mul#log`). */
function logarithmic(a: number, b: number, target: number): LatencyTerm {
  if (target <= 1)
    throw new UserError(
      `the loss form mul#log divides by ln(target) and has no meaning for a target of ${target} ms: choose a target above 1 ms or the form constraint`,
    );
  return {
    lambda: b,
    apply(crossEntropy, expected) {
      const ratio = Math.log(expected) / Math.log(target);
      // Where the network is faster than 1 ms the published form is not defined: no pull from latency there.
      if (ratio <= 0) return { loss: a * crossEntropy, byCrossEntropy: a, byLatency: 0 };
      const factor = a * ratio ** b;
      const byLatency = (crossEntropy * factor * b) / (Math.log(expected) * expected);
      return { loss: crossEntropy * factor, byCrossEntropy: factor, byLatency };
    },
    update() {},
  };
}
