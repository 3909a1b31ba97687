import type { BudgetTerm } from './budgetTerm.ts';
import { type ChoiceCosts, expectedCost } from './expectedCost.ts';
import type { LatencyTerm } from './latencyLoss.ts';

/** What an architecture step is asked to heed besides cross-entropy. */
export interface CostTerms {
  /** In ms. */
  latency?: { costs: ChoiceCosts; term: LatencyTerm };
  budgets: readonly { costs: ChoiceCosts; term: BudgetTerm }[];
}

/** What is expected under the probabilities. */
export interface ExpectedCosts {
  /** Undefined where no latency is asked for. */
  ms?: number;
  /** In the order of the budgets. */
  budgets: number[];
}

/** Of the networks that are drawn by these probabilities. */
export function expectedCosts(
  { latency, budgets }: { latency?: { costs: ChoiceCosts }; budgets: readonly { costs: ChoiceCosts }[] },
  probabilities: readonly ArrayLike<number>[],
): ExpectedCosts {
  return {
    ms: latency && expectedCost(latency.costs, probabilities),
    budgets: budgets.map(({ costs }) => expectedCost(costs, probabilities)),
  };
}

/** What the cost terms make of a step. */
export interface CostPull {
  loss: number;
  /** d loss / d CE */
  byCrossEntropy: number;
  /** d loss / d p, by choice block and candidate: from latency, and from budgets. */
  latency: Float64Array[];
  budget: Float64Array[];
}

/** The loss with all cost terms, and its slopes. */
export function costPull(
  { latency, budgets }: CostTerms,
  crossEntropy: number,
  probabilities: readonly Float64Array[],
): CostPull {
  const zeros = () => probabilities.map(row => new Float64Array(row.length));
  const pull: CostPull = { loss: crossEntropy, byCrossEntropy: 1, latency: zeros(), budget: zeros() };
  if (latency) {
    const { costs, term } = latency;
    const { loss, byCrossEntropy, byLatency } = term.apply(crossEntropy, expectedCost(costs, probabilities));
    Object.assign(pull, { loss, byCrossEntropy });
    addSlopes(pull.latency, costs, byLatency);
  }
  for (const { costs, term } of budgets) {
    const { penalty, byCost } = term.apply(expectedCost(costs, probabilities));
    pull.loss += penalty;
    addSlopes(pull.budget, costs, byCost);
  }
  return pull;
}

/** Adds `byCost` times the derivatives of what is expected. */
function addSlopes(slopes: readonly Float64Array[], { choices }: ChoiceCosts, byCost: number): void {
  for (const [l, costs] of choices.entries()) for (const [i, cost] of costs.entries()) slopes[l][i] += byCost * cost;
}
