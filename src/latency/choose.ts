import { type Cost, keeps, type Limit } from '../space/cost.ts';
import type { LatencyPredictor } from './predictor.ts';

/** A network and what is known of it before it is built. */
export interface Choice {
  /** Candidate index per block. */
  choices: number[];
  /** Sum over blocks of the chosen candidates' scores. */
  score: number;
}

/** A path through the first blocks. */
interface Label {
  /** So far, of each cost that adds up. */
  costs: readonly number[];
  score: number;
  candidate: number;
  before: Label | undefined;
}

/** Labels kept per block. Under one limit the result is exact up to here; under several, others stand for some sooner. */
const MOST_LABELS = { oneLimit: 40_000, several: 1_500 };

/** The smallest latency in ms that any network of the space can have, and the network. */
export function fastestChoice({ costsMs, constantMs }: LatencyPredictor): { choices: number[]; latencyMs: number } {
  const choices = costsMs.map(block => block.indexOf(Math.min(...block)));
  return { choices, latencyMs: choices.reduce((sum, choice, l) => sum + costsMs[l][choice], constantMs) };
}

/**
 * The best networks within limits, best first: maximises `sum_l scores[l][choice_l]` (log probabilities) subject to every cost
 * being at most its limit. A multiple-choice knapsack, solved by dynamic programming over blocks: of the partial paths, one
 * stays unless `count` others are at least as cheap and as good (then none of its continuations can be among the `count` best).
 * Exact up to 40,000 partial paths under one limit on a cost that adds up. Beyond, and under several such limits, paths of
 * nearly equal costs are thinned out. A limit on a maximum over blocks leaves out candidates and costs nothing. Costs are
 * never rounded: a result always keeps the limits.
 * @param scores `[block][candidate]`; -Infinity bans a candidate
 * @param count networks wanted, all different
 * @returns fewer than `count` when no more exist; none when no network keeps the limits
 */
export function bestChoices(scores: readonly ArrayLike<number>[], limits: readonly Limit[], count = 1): Choice[] {
  const allowed = scores.map((block, l) =>
    Array.from(block, (_, candidate) => candidate).filter(
      candidate => block[candidate] !== Number.NEGATIVE_INFINITY && withinLargest(limits, l, candidate),
    ),
  );
  const sums = limits.filter(({ cost }) => cost.combine === 'sum');
  const values = sums.map(({ cost }) => cost.values);
  /** By limit: the most that blocks 0 to l - 1 may cost if the cheapest follow. */
  const reachable = sums.map(({ cost, most }) =>
    // Sums in another order differ in the last digits; the exact limits are applied at the end.
    leastRemaining(cost, allowed).map(least => most * (1 + 1e-12) - least),
  );
  const start = { costs: sums.map(({ cost }) => cost.constant), score: 0, candidate: -1, before: undefined };
  let labels: Label[] = [start];
  allowed.forEach((candidates, l) => {
    const next: Label[] = [];
    for (const before of labels) {
      for (const candidate of candidates) {
        const costs = before.costs.map((cost, k) => cost + values[k][l][candidate]);
        if (costs.every((cost, k) => cost <= reachable[k][l + 1]))
          next.push({ costs, score: before.score + scores[l][candidate], candidate, before });
      }
    }
    labels = sums.length > 1 ? next : undominated(next, count);
    labels = thinned(labels, sums.length, count);
  });
  return labels
    .map(label => ({ choices: pathOf(label), score: label.score, costs: label.costs }))
    .filter(({ choices }) => keeps(limits, choices))
    .sort((a, b) => b.score - a.score || (a.costs[0] ?? 0) - (b.costs[0] ?? 0))
    .slice(0, count)
    .map(({ choices, score }) => ({ choices, score }));
}

/** Whether a candidate keeps the limits on costs of which the dearest block counts. */
function withinLargest(limits: readonly Limit[], block: number, candidate: number): boolean {
  return limits.every(({ cost, most }) => cost.combine === 'sum' || cost.values[block][candidate] <= most);
}

/** `[l]`: least cost of blocks l, l+1, ..., by the candidates that are allowed. */
function leastRemaining({ values }: Cost, allowed: readonly (readonly number[])[]): number[] {
  const least = new Array<number>(allowed.length + 1).fill(0);
  for (let l = allowed.length - 1; l >= 0; l--)
    least[l] = least[l + 1] + Math.min(...allowed[l].map(candidate => values[l][candidate]));
  return least;
}

/** Those with fewer than `count` others that are as cheap and as good, of one cost or none; in order of that cost. */
function undominated(labels: Label[], count: number): Label[] {
  const costOf = ({ costs }: Label) => costs[0] ?? 0;
  labels.sort((a, b) => costOf(a) - costOf(b) || b.score - a.score);
  const bestScores: number[] = [];
  return labels.filter(({ score }) => {
    if (bestScores.length === count && score <= bestScores[0]) return false;
    if (bestScores.length === count) bestScores.shift();
    const place = bestScores.findIndex(best => best > score);
    bestScores.splice(place < 0 ? bestScores.length : place, 0, score);
    return true;
  });
}

/** At most about so many labels as are kept: the `count` best of each of equal cells of the costs' ranges. */
function thinned(labels: Label[], dimensions: number, count: number): Label[] {
  const most = dimensions > 1 ? MOST_LABELS.several : MOST_LABELS.oneLimit;
  if (labels.length <= most) return labels;
  const slices = Math.max(1, Math.floor((most / count) ** (1 / dimensions)));
  const ranges = labels[0].costs.map((_, k) => {
    const costs = labels.map(label => label.costs[k]);
    const low = costs.reduce((a, b) => Math.min(a, b));
    return { low, width: (costs.reduce((a, b) => Math.max(a, b)) - low) / slices || 1 };
  });
  // Cells are counted along one cost after the other.
  const cellOf = ({ costs }: Label) =>
    costs.reduce((cell, cost, k) => cell * (slices + 1) + Math.floor((cost - ranges[k].low) / ranges[k].width), 0);
  return [...Map.groupBy(labels, cellOf).values()].flatMap(cell =>
    cell.length <= count ? cell : cell.sort((a, b) => b.score - a.score).slice(0, count),
  );
}

function pathOf(label: Label): number[] {
  const choices: number[] = [];
  for (let at = label; at.before; at = at.before) choices.unshift(at.candidate);
  return choices;
}
