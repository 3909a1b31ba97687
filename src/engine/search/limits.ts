import { UserError } from '../../base/errors.ts';
import { bestChoices } from '../../latency/choose.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { costText } from '../../protocol/budgetNames.ts';
import { choiceCosts } from '../../search/expectedCost.ts';
import type { SearchOptions } from '../../search/proxyless.ts';
import type { Supernet } from '../../search/supernet.ts';
import type { Budget } from '../../space/budgets.ts';
import { type Cost, costRange, type Limit } from '../../space/cost.ts';

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
  const [blocks = []] = budgets.map(({ cost }) => cost.values);
  const choiceBlocks = blocks.flatMap((block, l) => (block.length > 1 ? [l] : []));
  return choiceBlocks.map(l =>
    blocks[l].flatMap((_, i) => {
      const taking = ({ values }: Cost) => values.with(l, [values[l][i]]);
      return budgets.every(({ cost, most }) => costRange({ ...cost, values: taking(cost) }).min <= most) ? [] : [i];
    }),
  );
}

/**
 * @param alphas by choice block, -Infinity for candidates that may not be taken
 * @throws UserError when no network of the space keeps one of the limits, or all of them at once
 */
export function checkLimits(limits: Limits, alphas?: readonly ArrayLike<number>[]): void {
  const { latency, budgets } = limits;
  const all = allLimits(limits);
  const smallest = (cost: Cost) => costRange(alphas ? allowedOnly(cost, alphas) : cost).min;
  for (const { cost, most } of all) {
    const least = smallest(cost);
    if (least <= most) continue;
    const budget = budgets.find(one => one.cost === cost);
    const restricted = least > costRange(cost).min;
    throw new UserError(
      `the ${budget ? `budget of ${costText(budget.name, most)}` : `target of ${most} ms`} is below the smallest network of the space` +
        `${restricted ? ' that locks and bans leave' : ''}, which takes ${budget ? costText(budget.name, least) : `${least.toFixed(3)} ms on this device`}: ` +
        (restricted
          ? 'lock or ban other operators'
          : `raise the ${budget ? 'budget' : 'target'} or add smaller operators`),
    );
  }
  if (all.length > 1 && !smallestNetwork(limits, alphas)) {
    const words = [
      ...(latency ? [`${latency.targetMs} ms`] : []),
      ...budgets.map(({ name, most }) => costText(name, most)),
    ];
    throw new UserError(
      `no network was found that keeps ${words.join(' and ')} at once, though each can be kept alone: raise one of them`,
    );
  }
}

/** @throws UserError when a candidate is free that no network within the budgets has */
export function checkPossible({ budgets }: Limits, supernet: Supernet): void {
  for (const [choice, impossible] of impossibleCandidates(budgets).entries()) {
    const free = impossible.find(candidate => supernet.allowed(choice).includes(candidate));
    if (free === undefined) continue;
    const { name, candidates } = supernet.choices[choice].block;
    throw new UserError(`${candidates[free].name} in ${name} is in no network within the budget: raise the budget`);
  }
}

/** The network that takes the least of all limits together; undefined where none was found that keeps them. */
export function smallestNetwork(limits: Limits, alphas?: readonly ArrayLike<number>[]): number[] | undefined {
  const all = allLimits(limits);
  return bestChoices(relativeSize(all, alphas), all)[0]?.choices;
}

/** By block and candidate: the smaller, measured by the limits, the better; what may not be taken is ruled out. */
function relativeSize(limits: readonly Limit[], alphas?: readonly ArrayLike<number>[]): number[][] {
  const [{ cost }] = limits;
  let next = 0;
  return cost.values.map((block, l) => {
    const alpha = block.length > 1 ? alphas?.[next++] : undefined;
    return block.map((_, i) => {
      if (alpha?.[i] === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
      return -limits.reduce((sum, limit) => sum + limit.cost.values[l][i] / limit.most, 0);
    });
  });
}

function allowedOnly(cost: Cost, alphas: readonly ArrayLike<number>[]): Cost {
  let next = 0;
  const values = cost.values.map(block => {
    if (block.length === 1) return block;
    const alpha = alphas[next++];
    return block.filter((_, i) => alpha[i] !== Number.NEGATIVE_INFINITY);
  });
  return { ...cost, values };
}
