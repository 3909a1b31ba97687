import { bestChoices } from '../../latency/choose.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { choiceCosts } from '../../search/expectedCost.ts';
import type { SearchOptions } from '../../search/proxyless.ts';
import type { Budget } from '../../space/budgets.ts';
import { costRange, type Limit } from '../../space/cost.ts';

/** What a network has to keep: a latency that is to be used, budgets that need not be. */
export interface Limits {
  latency?: { predictor: LatencyPredictor; targetMs: number };
  budgets: readonly Budget[];
}

/** All of them alike, the latency first. */
export function allLimits({ latency, budgets }: Limits): Limit[] {
  return [...(latency ? [{ cost: latency.predictor.cost, most: latency.targetMs }] : []), ...budgets];
}

/** The costs as the search differentiates them. */
export function searchedCosts({ latency, budgets }: Limits): Pick<SearchOptions, 'latency' | 'budgets'> {
  return {
    latency: latency && { targetMs: latency.targetMs, costs: choiceCosts(latency.predictor.cost) },
    budgets: summedBudgets(budgets).map(({ cost, most }) => ({ most, costs: choiceCosts(cost) })),
  };
}

/**
 * The budgets that the loss has a term for. One on a maximum over blocks, such as memory, has none and needs none:
 * `max_l c_l <= B` is `c_l <= B` in every block, so that it is kept by leaving out candidates (`impossibleCandidates`).
 */
export function summedBudgets(budgets: readonly Budget[]): Budget[] {
  return budgets.filter(({ cost }) => cost.combine === 'sum');
}

/** By choice block the candidates that no network within the budgets has: even with the smallest everywhere else. */
export function impossibleCandidates(budgets: readonly Budget[]): number[][] {
  const blocks = budgets[0]?.cost.values ?? [];
  return blocks.flatMap((block, l) => {
    if (block.length === 1) return [];
    const fits = (i: number) =>
      budgets.every(({ cost, most }) => {
        const taking = cost.values.with(l, [cost.values[l][i]]);
        return costRange({ ...cost, values: taking }).min <= most;
      });
    return [block.flatMap((_, i) => (fits(i) ? [] : [i]))];
  });
}

/**
 * The network that takes the least of all limits together.
 *
 * @param alphas by choice block, -Infinity for candidates that may not be taken
 * @returns undefined where none was found that keeps them
 */
export function smallestNetwork(limits: Limits, alphas?: readonly ArrayLike<number>[]): number[] | undefined {
  const all = allLimits(limits);
  let next = 0;
  const scores = all[0].cost.values.map((block, l) => {
    const alpha = block.length > 1 ? alphas?.[next++] : undefined;
    return block.map((_, i) => {
      if (alpha?.[i] === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
      return -all.reduce((sum, { cost, most }) => sum + cost.values[l][i] / most, 0);
    });
  });
  return bestChoices(scores, all)[0]?.choices;
}

/**
 * Where the table is off, other networks have to keep what the derived one turned out to keep, no more and no less.
 *
 * @param derived what the table says of a network, and what was measured
 */
export function limitsAsMeasured(
  { latency, budgets }: Limits,
  { predictedMs, measuredMs }: { predictedMs?: number; measuredMs?: number },
): Limits {
  if (!latency || !predictedMs || !measuredMs) return { latency, budgets };
  return { latency: { ...latency, targetMs: (latency.targetMs * predictedMs) / measuredMs }, budgets };
}
