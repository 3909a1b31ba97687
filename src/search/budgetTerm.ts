/** What a budget makes of a step: an addition to the loss, and its slope. */
export interface BudgetPull {
  penalty: number;
  /** d penalty / d E, by the budget's unit */
  byCost: number;
}

/** A budget in the loss: how much more is expected than it allows, E to B. */
export interface BudgetTerm {
  apply(expected: number): BudgetPull;
  /** After an architecture step; the multiplier learns here. */
  update(expected: number): void;
  /** Of the constraint `E <= B`, never negative; to be stored and shown. */
  lambda: number;
}

/**
 * The augmented Lagrangian of the inequality `v <= 0` with `v = E/B - 1` (Rockafellar 1973):
 * `(max(0, lambda + damping v)^2 - lambda^2) / (2 damping)`, and `lambda = max(0, lambda + rate v)`. One-sided, unlike the
 * latency's constraint: over the budget it pulls more and more, within it less and less, and never upwards. A budget is a
 * limit and not an aim.
 */
export function createBudgetTerm(most: number, rate = 0.005): BudgetTerm {
  const over = (expected: number) => expected / most - 1;
  return {
    lambda: 0,
    apply(expected) {
      const force = Math.max(0, this.lambda + DAMPING * over(expected));
      return { penalty: (force ** 2 - this.lambda ** 2) / (2 * DAMPING), byCost: force / most };
    },
    update(expected) {
      this.lambda = Math.max(0, this.lambda + rate * over(expected));
    },
  };
}

/** In the unit of the loss, as in the latency's constraint: at a tenth over the budget the pull grows by a tenth of this. */
const DAMPING = 1;
