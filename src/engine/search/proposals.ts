import { Random } from '../../base/random.ts';
import { bestChoices } from '../../latency/choose.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';

/** A network faster than this share of the limit leaves latency unused that accuracy could have had. */
export const LOWEST_SHARE = 0.97;

const MOST_PROBABLE = 12;
const SAMPLED = 36;

/**
 * What is added to Zero's log-probability, one after the other: the probabilities lean towards some depth, and networks
 * of other depths are to be among the proposals too.
 */
const ZERO_BONUSES = [0, -4, -2, 2, 4];

/**
 * Networks worth comparing: the most probable ones within the limit, found exactly by dynamic programming over log p under
 * the table's latency, and networks drawn from p that come near the limit.
 *
 * @param alphas architecture parameters of every block with a choice
 * @returns candidate per block of the space, fixed blocks included
 */
export function propose(
  space: SearchSpace,
  predictor: LatencyPredictor,
  alphas: readonly (readonly number[])[],
  limitMs: number,
  seed: number,
): number[][] {
  let next = 0;
  const scores = space.blocks.map(({ candidates }) => (candidates.length > 1 ? logProbabilities(alphas[next++]) : [0]));
  const searchesDepth = space.blocks.some(({ candidates }) => candidates.some(({ zero }) => zero));
  const bonuses = searchesDepth ? ZERO_BONUSES : [0];
  const random = new Random(seed, 'derive');
  const found = new Map<string, number[]>();
  for (const bonus of bonuses) {
    const leaning = scores.map((block, l) =>
      block.map((score, i) => (space.blocks[l].candidates[i].zero ? score + bonus : score)),
    );
    const proposals = [
      ...mostProbable(predictor, leaning, limitMs, Math.ceil(MOST_PROBABLE / bonuses.length)),
      ...drawn(predictor, leaning, limitMs, Math.ceil(SAMPLED / bonuses.length), random),
    ];
    for (const choices of proposals) found.set(choices.join(), choices);
  }
  return [...found.values()];
}

/**
 * The most probable networks just within the limit. Where they are far below it, a growing reward per millisecond leads
 * towards it.
 */
function mostProbable(
  predictor: LatencyPredictor,
  scores: readonly (readonly number[])[],
  limit: number,
  count: number,
): number[][] {
  const found = new Map<string, { choices: number[]; latencyMs: number }>();
  for (let reward = 0; reward <= 64; reward = reward === 0 ? 0.5 : reward * 1.5) {
    const rewarded = scores.map((block, l) =>
      block.map((score, i) => score + (reward * predictor.costsMs[l][i]) / limit),
    );
    for (const choice of bestChoices(predictor, rewarded, limit, count)) found.set(choice.choices.join(), choice);
    const close = [...found.values()].filter(({ latencyMs }) => latencyMs >= limit * LOWEST_SHARE);
    if (close.length >= count) return close.slice(0, count).map(({ choices }) => choices);
  }
  return [...found.values()]
    .sort((a, b) => b.latencyMs - a.latencyMs)
    .slice(0, count)
    .map(({ choices }) => choices);
}

/** Networks drawn from the probabilities whose latency lies just within the limit. */
function drawn(
  predictor: LatencyPredictor,
  scores: readonly (readonly number[])[],
  limit: number,
  count: number,
  random: Random,
): number[][] {
  const probabilities = scores.map(block => block.map(Math.exp));
  const found = new Map<string, number[]>();
  for (let tries = 0; tries < 50_000 && found.size < count; tries++) {
    const choices = probabilities.map(p => random.pick(p));
    const ms = predictor.predict(choices);
    if (ms <= limit && ms >= limit * LOWEST_SHARE) found.set(choices.join(), choices);
  }
  return [...found.values()];
}

function logProbabilities(alpha: readonly number[]): number[] {
  const largest = Math.max(...alpha);
  const total = alpha.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return alpha.map(value => value - largest - Math.log(total));
}
