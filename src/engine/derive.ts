import { bestChoices, type Choice } from '../latency/choose.ts';
import type { Measure } from '../latency/measure.ts';
import type { LatencyPredictor } from '../latency/predictor.ts';
import { deriveNetwork } from '../space/analysis.ts';
import type { SearchSpace } from '../space/searchSpace.ts';
import { buildModel } from './profiling.ts';

/** The network chosen for the target. */
export interface Derived {
  /** Candidate per block of the space, fixed blocks included. */
  choices: number[];
  predictedMs: number;
  measuredMs: number;
}

/** A network slower than this share of the target leaves latency unused that accuracy could have had. */
const LOWEST_SHARE = 0.97;
const MEASURED = 6;
const MEASURING_SECONDS = 6;

/**
 * From architecture parameters to one network: the most probable choices whose latency is within the target, by
 * dynamic programming over log p under the table's latency, checked by measuring them on the device. Where the
 * prediction is off for these networks it is corrected by what was measured, and chosen again.
 *
 * @param alphas architecture parameters of every block with a choice
 */
export async function derive(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  predictor: LatencyPredictor,
  measure: Measure,
  targetMs: number,
  onProgress: (fraction: number) => void,
): Promise<Derived> {
  let next = 0;
  const scores = predictor.costsMs.map(block => (block.length > 1 ? logProbabilities(alphas[next++]) : [0]));
  let limit = targetMs;
  const tried = new Map<string, Derived & { score: number }>();
  for (let round = 0; round < 2; round++) {
    const candidates = nearTarget(predictor, scores, limit).filter(({ choices }) => !tried.has(choices.join()));
    const measured = await measureChoices(space, candidates, measure, round, share => onProgress((round + share) / 2));
    for (const one of measured) tried.set(one.choices.join(), one);
    const ratios = measured.map(one => one.measuredMs / one.predictedMs).sort((a, b) => a - b);
    if (ratios.length === 0) break;
    const ratio = ratios[ratios.length >> 1];
    if (Math.abs(ratio - 1) < 0.01) break;
    limit = targetMs / ratio;
  }
  onProgress(1);
  const fitting = [...tried.values()].filter(
    ({ measuredMs }) => measuredMs <= targetMs * 1.01 && measuredMs >= targetMs * 0.95,
  );
  const off = ({ measuredMs }: Derived) => Math.abs(measuredMs - targetMs);
  const [best] =
    fitting.length > 0
      ? fitting.sort((a, b) => b.score - a.score)
      : [...tried.values()].sort((a, b) => off(a) - off(b));
  return { choices: best.choices, predictedMs: best.predictedMs, measuredMs: best.measuredMs };
}

/**
 * The most probable networks just within the limit. Where the most probable ones are far below it, a growing reward
 * per millisecond leads towards it: latency that was granted and is not used is accuracy left behind.
 */
function nearTarget(predictor: LatencyPredictor, scores: readonly (readonly number[])[], limit: number): Choice[] {
  const found = new Map<string, Choice>();
  const probability = ({ choices }: { choices: number[] }) =>
    choices.reduce((sum, choice, block) => sum + scores[block][choice], 0);
  for (let reward = 0; reward <= 64; reward = reward === 0 ? 0.5 : reward * 1.5) {
    const rewarded = scores.map((block, l) =>
      block.map((score, i) => score + (reward * predictor.costsMs[l][i]) / limit),
    );
    for (const choice of bestChoices(predictor, rewarded, limit, MEASURED))
      found.set(choice.choices.join(), { ...choice, score: probability(choice) });
    const close = [...found.values()].filter(({ latencyMs }) => latencyMs >= limit * LOWEST_SHARE);
    if (close.length >= MEASURED) return close.sort((a, b) => b.score - a.score).slice(0, MEASURED);
  }
  return [...found.values()].sort((a, b) => b.latencyMs - a.latencyMs).slice(0, MEASURED);
}

async function measureChoices(
  space: SearchSpace,
  candidates: readonly Choice[],
  measure: Measure,
  seed: number,
  onProgress: (share: number) => void,
): Promise<(Derived & { score: number })[]> {
  if (candidates.length === 0) return [];
  const { threads, batch } = space.objective.latency;
  const models = candidates.map(({ choices }) => ({
    key: choices.join(),
    model: buildModel(deriveNetwork(space, choices), batch),
  }));
  const { measurements } = await measure(models, {
    threads,
    seed,
    budgetSeconds: MEASURING_SECONDS,
    tolerance: 0.005,
    onProgress,
  });
  const times = new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
  return candidates.map(({ choices, latencyMs, score }) => ({
    choices,
    score,
    predictedMs: latencyMs,
    measuredMs: times.get(choices.join()) as number,
  }));
}

function logProbabilities(alpha: readonly number[]): number[] {
  const largest = Math.max(...alpha);
  const total = alpha.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return alpha.map(value => value - largest - Math.log(total));
}
