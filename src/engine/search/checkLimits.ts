import { UserError } from '../../base/errors.ts';
import { costText } from '../../protocol/budgetNames.ts';
import type { Supernet } from '../../search/supernet.ts';
import { type Cost, costRange } from '../../space/cost.ts';
import { impossibleCandidates, type Limits, smallestNetwork } from './limits.ts';

/**
 * @param alphas by choice block, -Infinity for candidates that may not be taken
 * @throws UserError when no network of the space keeps one of the limits, or all of them at once
 */
export function checkLimits(limits: Limits, alphas?: readonly ArrayLike<number>[]): void {
  const named = namedLimits(limits);
  for (const { what, cost, most, text } of named) {
    const least = costRange(alphas ? allowedOnly(cost, alphas) : cost).min;
    if (least <= most) continue;
    const restricted = least > costRange(cost).min;
    throw new UserError(
      `the ${what} of ${text(most)} is below the smallest network of the space${restricted ? ' that locks and bans leave' : ''}, ` +
        `which takes ${text(least)}: ` +
        (restricted ? 'lock or ban other operators' : `raise the ${what} or add smaller operators`),
    );
  }
  if (named.length > 1 && !smallestNetwork(limits, alphas)) {
    const all = named.map(({ text, most }) => text(most)).join(' and ');
    throw new UserError(
      `no network was found that keeps ${all} at once, though each can be kept alone: raise one of them`,
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

interface NamedLimit {
  what: 'target' | 'budget';
  cost: Cost;
  most: number;
  text(value: number): string;
}

function namedLimits({ latency, budgets }: Limits): NamedLimit[] {
  const named = budgets.map(({ name, cost, most }): NamedLimit => {
    return { what: 'budget', cost, most, text: value => costText(name, value) };
  });
  if (!latency) return named;
  const { predictor, targetMs } = latency;
  return [{ what: 'target', cost: predictor.cost, most: targetMs, text: milliseconds }, ...named];
}

const milliseconds = (ms: number) => `${Number(ms.toPrecision(4))} ms`;

function allowedOnly(cost: Cost, alphas: readonly ArrayLike<number>[]): Cost {
  let next = 0;
  const values = cost.values.map(block => {
    if (block.length === 1) return block;
    const alpha = alphas[next++];
    return block.filter((_, i) => alpha[i] !== Number.NEGATIVE_INFINITY);
  });
  return { ...cost, values };
}
