import { Random } from '../../base/random.ts';
import { bestChoices } from '../../latency/choose.ts';
import { keeps } from '../../space/cost.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { allLimits, type Limits, smallestNetwork } from './limits.ts';

/** A network faster than this share of the target leaves latency unused that accuracy could have had. */
const LOWEST_SHARE = 0.97;

const MOST_PROBABLE = 12;
const SAMPLED = 36;

/**
 * What is added to Zero's log-probability, one after the other: the probabilities lean towards some depth, and networks
 * of other depths are to be among the proposals too.
 */
const ZERO_BONUSES = [0, -4, -2, 2, 4];

/**
 * Networks worth comparing: the most probable ones within the limits, found by dynamic programming over log p under what
 * each candidate costs, and networks drawn from p. Where a latency is asked for they come near it.
 *
 * @param alphas architecture parameters of every block with a choice
 * @returns candidate per block of the space, fixed blocks included
 */
export function propose(
  space: SearchSpace,
  limits: Limits,
  alphas: readonly (readonly number[])[],
  seed: number,
): number[][] {
  const scores = logProbabilities(space, alphas);
  const searchesDepth = space.blocks.some(({ candidates }) => candidates.some(({ zero }) => zero));
  const bonuses = searchesDepth ? ZERO_BONUSES : [0];
  const random = new Random(seed, 'derive');
  const found = new Map<string, number[]>();
  for (const bonus of bonuses) {
    const leaning = scores.map((block, l) =>
      block.map((score, i) => (space.blocks[l].candidates[i].zero ? score + bonus : score)),
    );
    const proposals = [
      ...mostProbable(limits, leaning, Math.ceil(MOST_PROBABLE / bonuses.length)),
      ...drawn(limits, leaning, Math.ceil(SAMPLED / bonuses.length), random),
    ];
    for (const choices of proposals) found.set(choices.join(), choices);
  }
  const smallest = found.size === 0 ? smallestNetwork(limits, alphas) : undefined;
  return smallest ? [smallest] : [...found.values()];
}

/**
 * The most probable networks within the limits. Where they are far below the latency asked for, a growing reward per
 * millisecond leads towards it; budgets may stay unused.
 */
function mostProbable(limits: Limits, scores: readonly (readonly number[])[], count: number): number[][] {
  const all = allLimits(limits);
  const { latency } = limits;
  if (!latency) return bestChoices(scores, all, count).map(({ choices }) => choices);
  const { predictor, targetMs } = latency;
  const found = new Map<string, number[]>();
  for (let reward = 0; reward <= 64; reward = reward === 0 ? 0.5 : reward * 1.5) {
    const rewarded = scores.map((block, l) =>
      block.map((score, i) => score + (reward * predictor.costsMs[l][i]) / targetMs),
    );
    for (const { choices } of bestChoices(rewarded, all, count)) found.set(choices.join(), choices);
    const close = [...found.values()].filter(choices => isClose(limits, choices));
    if (close.length >= count) return close.slice(0, count);
  }
  return [...found.values()].sort((a, b) => predictor.predict(b) - predictor.predict(a)).slice(0, count);
}

/** Networks drawn from the probabilities that keep the limits, and use the latency that is asked for. */
function drawn(limits: Limits, scores: readonly (readonly number[])[], count: number, random: Random): number[][] {
  const all = allLimits(limits);
  const probabilities = scores.map(block => block.map(Math.exp));
  const found = new Map<string, number[]>();
  for (let tries = 0; tries < 50_000 && found.size < count; tries++) {
    const choices = probabilities.map(p => random.pick(p));
    if (keeps(all, choices) && isClose(limits, choices)) found.set(choices.join(), choices);
  }
  return [...found.values()];
}

/** Whether a network uses the latency that is asked for, if any is. */
export function isClose({ latency }: Limits, choices: readonly number[]): boolean {
  return !latency || latency.predictor.predict(choices) >= latency.targetMs * LOWEST_SHARE;
}

/**
 * Log-probabilities of all candidates, `[block][candidate]`: those of a fixed block are certain.
 *
 * @param alphas architecture parameters of every block with a choice; -Infinity for candidates that may not be taken
 */
export function logProbabilities(space: SearchSpace, alphas: readonly (readonly number[])[]): number[][] {
  let next = 0;
  return space.blocks.map(({ candidates }) => (candidates.length > 1 ? logSoftmax(alphas[next++]) : [0]));
}

function logSoftmax(alpha: readonly number[]): number[] {
  const largest = Math.max(...alpha);
  const total = alpha.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return alpha.map(value => value - largest - Math.log(total));
}
