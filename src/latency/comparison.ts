import { Random } from '../base/random.ts';
import { relativeCosts } from '../protocol/relativeCosts.ts';
import type { LatencyPredictor } from './predictor.ts';

/** How the networks of one space differ between devices, by a predictor of each device. */

/**
 * Predicted ms of the same random networks on each device, `[device][network]`: every candidate of a block is equally
 * probable, whatever it costs.
 */
export function randomLatencies(predictors: readonly LatencyPredictor[], networks: number, seed: number): number[][] {
  const random = new Random(seed, 'compared networks');
  const [{ costsMs }] = predictors;
  const drawn = Array.from({ length: networks }, () => costsMs.map(block => random.below(block.length)));
  return predictors.map(predictor => drawn.map(choices => predictor.predict(choices)));
}

/** What networks take on a device, in ms. */
export interface Latencies {
  /** Of the fastest and the slowest network of the space. */
  fastest: number;
  slowest: number;
  /** Of random ones. */
  random: readonly number[];
}

/** Share of the random networks that take at most so long. */
export function feasibleShare(targetMs: number, { random }: Latencies): number {
  return random.filter(ms => ms <= targetMs).length / random.length;
}

/**
 * The target on another device that is as hard to keep: the same share of the space is within it. That is the latency of the
 * same rank among random networks, between two of them in proportion; at the ends stand the fastest and the slowest
 * network. A target that no network keeps becomes the fastest network's latency.
 */
export function equivalentTarget(targetMs: number, own: Latencies, other: Latencies): number {
  const [from, to] = [own, other].map(ranked);
  const above = from.findIndex(ms => ms > targetMs);
  if (above === 0) return to[0];
  if (above < 0) return to[to.length - 1];
  const share = (targetMs - from[above - 1]) / (from[above] - from[above - 1]);
  return to[above - 1] + share * (to[above] - to[above - 1]);
}

function ranked({ fastest, slowest, random }: Latencies): number[] {
  return [fastest, ...random.toSorted((a, b) => a - b), slowest];
}

/** A candidate that one device minds more than another. Devices, blocks and candidates by number. */
export interface Disagreement {
  block: number;
  candidate: number;
  dearer: number;
  cheaper: number;
  /** Of the candidate's costs on the two devices, each relative to the mean of its block there. */
  ratio: number;
}

/** Costs below this share of their block's mean are within what a table is wrong by, and a ratio of them says nothing. */
const LEAST_SHARE = 0.05;

/**
 * For every candidate the two devices that are least of one mind about it; the largest disagreements first.
 *
 * @param costsMs `[device][block][candidate]`, of two devices or more
 */
export function disagreements(costsMs: readonly (readonly (readonly number[])[])[]): Disagreement[] {
  const relative = costsMs.map(blocks => blocks.map(relativeCosts));
  const found = relative[0].flatMap((block, l) => {
    if (block.length === 1) return [];
    return block.flatMap((_, i): Disagreement[] => {
      const costs = relative.map(blocks => blocks[l][i]);
      const [dearest, cheapest] = [Math.max(...costs), Math.min(...costs)];
      if (cheapest < LEAST_SHARE) return [];
      const [dearer, cheaper] = [costs.indexOf(dearest), costs.indexOf(cheapest)];
      return [{ block: l, candidate: i, dearer, cheaper, ratio: dearest / cheapest }];
    });
  });
  return found.sort((a, b) => b.ratio - a.ratio);
}
