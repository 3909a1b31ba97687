import type { LatencyPredictor } from './predictor.ts';

/** A network and what is known of it before it is built. */
export interface Choice {
  /** Candidate index per block. */
  choices: number[];
  latencyMs: number;
  /** Sum over blocks of the chosen candidates' scores. */
  score: number;
}

/** A path through the first blocks. */
interface Label {
  latencyMs: number;
  score: number;
  candidate: number;
  before: Label | undefined;
}

/** Labels kept per block; up to here the result is exact. */
const MOST_LABELS = 40_000;

/** The smallest latency in ms that any network of the space can have, and the network. */
export function fastestChoice({ costsMs, constantMs }: LatencyPredictor): Omit<Choice, 'score'> {
  const choices = costsMs.map(block => block.indexOf(Math.min(...block)));
  return { choices, latencyMs: choices.reduce((sum, choice, l) => sum + costsMs[l][choice], constantMs) };
}

/**
 * The best networks within a latency limit, best first: maximises `sum_l scores[l][choice_l]` (log probabilities) subject to predicted
 * latency <= limit. A multiple-choice knapsack, solved by dynamic programming over blocks: of the partial paths, one stays unless
 * `count` others are at least as fast and as good (then none of its continuations can be among the `count` best). Exact up to
 * 40,000 partial paths; beyond, paths of nearly equal latency are thinned out. Latencies are never rounded: a result always keeps the limit.
 * @param scores `[block][candidate]`; -Infinity bans a candidate
 * @param limitMs same units as the predictor
 * @param count networks wanted, all different
 * @returns fewer than `count` when no more exist; none when the limit is under `fastestChoice`
 */
export function bestChoices(
  predictor: LatencyPredictor,
  scores: readonly ArrayLike<number>[],
  limitMs: number,
  count = 1,
): Choice[] {
  const { costsMs, constantMs } = predictor;
  const leastAfter = leastRemaining(costsMs, scores);
  // Sums in another order differ in the last digits; the exact limit is applied at the end.
  const slack = limitMs * 1e-12;
  let labels: Label[] = [{ latencyMs: constantMs, score: 0, candidate: -1, before: undefined }];
  costsMs.forEach((block, l) => {
    const next: Label[] = [];
    for (const before of labels) {
      for (let candidate = 0; candidate < block.length; candidate++) {
        const score = before.score + scores[l][candidate];
        const latencyMs = before.latencyMs + block[candidate];
        if (score === Number.NEGATIVE_INFINITY || latencyMs + leastAfter[l + 1] > limitMs + slack) continue;
        next.push({ latencyMs, score, candidate, before });
      }
    }
    labels = thinned(undominated(next, count), count);
  });
  return labels
    .filter(label => label.latencyMs <= limitMs)
    .sort((a, b) => b.score - a.score || a.latencyMs - b.latencyMs)
    .slice(0, count)
    .map(label => ({ choices: pathOf(label), latencyMs: label.latencyMs, score: label.score }));
}

/** `[l]`: least latency of blocks l, l+1, ..., banned candidates left out. */
function leastRemaining(costsMs: readonly (readonly number[])[], scores: readonly ArrayLike<number>[]): number[] {
  const least = new Array<number>(costsMs.length + 1).fill(0);
  for (let l = costsMs.length - 1; l >= 0; l--) {
    const allowed = costsMs[l].filter((_, candidate) => scores[l][candidate] !== Number.NEGATIVE_INFINITY);
    least[l] = least[l + 1] + Math.min(...allowed);
  }
  return least;
}

/** Those with fewer than `count` others that are as fast and as good; in order of latency. */
function undominated(labels: Label[], count: number): Label[] {
  labels.sort((a, b) => a.latencyMs - b.latencyMs || b.score - a.score);
  const bestScores: number[] = [];
  return labels.filter(({ score }) => {
    if (bestScores.length === count && score <= bestScores[0]) return false;
    if (bestScores.length === count) bestScores.shift();
    const place = bestScores.findIndex(best => best > score);
    bestScores.splice(place < 0 ? bestScores.length : place, 0, score);
    return true;
  });
}

/** At most about `MOST_LABELS`: the `count` best of each of equal slices of the latency range. Expects order of latency. */
function thinned(labels: Label[], count: number): Label[] {
  if (labels.length <= MOST_LABELS) return labels;
  const slices = Math.max(1, Math.floor(MOST_LABELS / count));
  const low = labels[0].latencyMs;
  const width = (labels[labels.length - 1].latencyMs - low) / slices || 1;
  return Object.values(Object.groupBy(labels, label => Math.floor((label.latencyMs - low) / width))).flatMap(slice =>
    slice!.sort((a, b) => b.score - a.score).slice(0, count),
  );
}

function pathOf(label: Label): number[] {
  const choices: number[] = [];
  for (let at = label; at.before; at = at.before) choices.unshift(at.candidate);
  return choices;
}
