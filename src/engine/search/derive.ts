import { Random } from '../../base/random.ts';
import { bestChoices } from '../../latency/choose.ts';
import type { Measure } from '../../latency/measure.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { buildModel } from './profiling.ts';

/** The network chosen for the target. */
export interface Derived {
  /** Candidate per block of the space, fixed blocks included. */
  choices: number[];
  predictedMs: number;
  measuredMs: number;
}

/** A network that may be chosen: its choices, what the table predicts, and its validation loss in the supernet. */
interface Proposal {
  choices: number[];
  predictedMs: number;
  loss: number;
}

export interface DeriveTools {
  predictor: LatencyPredictor;
  measure: Measure;
  /** Cross-entropy of a path of the supernet on held-out images. @param choices candidate per block of the space */
  judge(choices: readonly number[]): Promise<number>;
  onProgress(fraction: number, text: string): void;
}

/** A network faster than this share of the target leaves latency unused that accuracy could have had. */
const LOWEST_SHARE = 0.97;
const MOST_PROBABLE = 12;
const SAMPLED = 36;
const MEASURED = 6;
const MEASURING_SECONDS = 6;

/**
 * From architecture parameters to one network. Proposed are the most probable networks within the target, found exactly
 * by dynamic programming over log p under the table's latency, and networks drawn from p that come near the target. The
 * supernet's held-out loss decides between them: the probabilities treat blocks as independent, which they are not. The
 * best are measured on the device; where the prediction is off for them, the limit is corrected by it once.
 *
 * @param alphas architecture parameters of every block with a choice
 */
export async function derive(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  targetMs: number,
  seed: number,
  tools: DeriveTools,
): Promise<Derived> {
  const { predictor, judge, onProgress } = tools;
  let next = 0;
  const scores = predictor.costsMs.map(block => (block.length > 1 ? logProbabilities(alphas[next++]) : [0]));
  const known = new Map<string, Proposal>();
  const tried = new Map<string, Proposal & Derived>();
  let limit = targetMs;
  for (let round = 0; round < 2; round++) {
    const choices = [...mostProbable(predictor, scores, limit), ...drawn(predictor, scores, limit, seed)];
    const fresh = choices.filter(one => !known.has(one.join()));
    for (const [i, one] of fresh.entries()) {
      onProgress((round + (0.7 * i) / fresh.length) / 2, 'comparing networks on held-out images');
      known.set(one.join(), { choices: one, predictedMs: predictor.predict(one), loss: await judge(one) });
    }
    const within = [...known.values()].filter(({ predictedMs }) => predictedMs <= limit * 1.0001);
    const best = best6(within.filter(({ predictedMs }) => predictedMs >= limit * LOWEST_SHARE));
    const chosen = best.length > 0 ? best : best6(within);
    for (const one of await measureAll(space, chosen, tools, round)) tried.set(one.choices.join(), one);
    const ratio = medianRatio([...tried.values()]);
    if (Math.abs(ratio - 1) < 0.01) break;
    limit = targetMs / ratio;
  }
  onProgress(1, 'chosen');
  const { choices, predictedMs, measuredMs } = nearest([...tried.values()], targetMs);
  return { choices, predictedMs, measuredMs };
}

const best6 = (proposals: Proposal[]) => proposals.sort((a, b) => a.loss - b.loss).slice(0, MEASURED);

/** The best of those that keep the target when measured; where none does, the one nearest to it. */
function nearest(tried: (Proposal & Derived)[], targetMs: number): Proposal & Derived {
  const fitting = tried.filter(({ measuredMs }) => measuredMs <= targetMs * 1.01 && measuredMs >= targetMs * 0.95);
  if (fitting.length > 0) return fitting.reduce((best, one) => (one.loss < best.loss ? one : best));
  const off = ({ measuredMs }: Derived) => Math.abs(measuredMs - targetMs);
  return tried.reduce((best, one) => (off(one) < off(best) ? one : best));
}

/**
 * The most probable networks just within the limit. Where they are far below it, a growing reward per millisecond leads
 * towards it: latency that was granted and is not used is accuracy left behind.
 */
function mostProbable(predictor: LatencyPredictor, scores: readonly (readonly number[])[], limit: number): number[][] {
  const found = new Map<string, { choices: number[]; latencyMs: number }>();
  for (let reward = 0; reward <= 64; reward = reward === 0 ? 0.5 : reward * 1.5) {
    const rewarded = scores.map((block, l) =>
      block.map((score, i) => score + (reward * predictor.costsMs[l][i]) / limit),
    );
    for (const choice of bestChoices(predictor, rewarded, limit, MOST_PROBABLE))
      found.set(choice.choices.join(), choice);
    const close = [...found.values()].filter(({ latencyMs }) => latencyMs >= limit * LOWEST_SHARE);
    if (close.length >= MOST_PROBABLE) return close.slice(0, MOST_PROBABLE).map(({ choices }) => choices);
  }
  return [...found.values()]
    .sort((a, b) => b.latencyMs - a.latencyMs)
    .slice(0, MOST_PROBABLE)
    .map(({ choices }) => choices);
}

/** Networks drawn from the probabilities whose latency lies just within the limit. */
function drawn(
  predictor: LatencyPredictor,
  scores: readonly (readonly number[])[],
  limit: number,
  seed: number,
): number[][] {
  const random = new Random(seed, 'derive');
  const probabilities = scores.map(block => block.map(Math.exp));
  const found = new Map<string, number[]>();
  for (let tries = 0; tries < 50_000 && found.size < SAMPLED; tries++) {
    const choices = probabilities.map(p => random.pick(p));
    const ms = predictor.predict(choices);
    if (ms <= limit && ms >= limit * LOWEST_SHARE) found.set(choices.join(), choices);
  }
  return [...found.values()];
}

async function measureAll(
  space: SearchSpace,
  proposals: readonly Proposal[],
  { measure, onProgress }: DeriveTools,
  round: number,
): Promise<(Proposal & Derived)[]> {
  if (proposals.length === 0) return [];
  const { threads, batch } = space.objective.latency;
  const models = proposals.map(({ choices }) => ({
    key: choices.join(),
    model: buildModel(deriveNetwork(space, choices), batch),
  }));
  const { measurements } = await measure(models, {
    threads,
    seed: round,
    budgetSeconds: MEASURING_SECONDS,
    tolerance: 0.005,
    onProgress: share => onProgress((round + 0.7 + 0.3 * share) / 2, 'measuring the best networks'),
  });
  const times = new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
  return proposals.map(proposal => ({ ...proposal, measuredMs: times.get(proposal.choices.join()) as number }));
}

function medianRatio(measured: readonly Derived[]): number {
  const ratios = measured.map(one => one.measuredMs / one.predictedMs).sort((a, b) => a - b);
  return ratios.length > 0 ? ratios[ratios.length >> 1] : 1;
}

function logProbabilities(alpha: readonly number[]): number[] {
  const largest = Math.max(...alpha);
  const total = alpha.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return alpha.map(value => value - largest - Math.log(total));
}
