import type { Measure } from '../../latency/measure.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { modelsFor } from './profiling.ts';
import { LOWEST_SHARE, propose } from './proposals.ts';

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

type Measured = Proposal & Derived;

export interface DeriveTools {
  predictor: LatencyPredictor;
  measure: Measure;
  /** Cross-entropy of a path of the supernet on held-out images. @param choices candidate per block of the space */
  judge(choices: readonly number[]): Promise<number>;
  /** Cross-entropies on held-out images of networks trained for a while on their own. */
  rehearse(networks: readonly (readonly number[])[]): Promise<number[]>;
  onProgress(fraction: number, text: string): void;
}

const MEASURED = 6;
const MEASURING_SECONDS = 6;

/**
 * From architecture parameters to one network. The probabilities treat blocks as independent, which they are not, so the
 * networks they propose are compared on held-out images: by the supernet's weights, and, where the schedule asks for
 * finalists, the best of each depth by a short training of their own. The supernet tells networks of one depth apart; but
 * most of the paths it was trained on are deep, and it thinks too little of shallow ones. What is compared last was
 * measured on the device; where the prediction is off, the limit is corrected by it once.
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
  const { predictor, judge, rehearse, onProgress } = tools;
  const { networks } = space.schedule.finalists;
  const known = new Map<string, Proposal>();
  const tried = new Map<string, Measured>();
  let limit = targetMs;
  for (let round = 0; round < 2; round++) {
    const fresh = propose(space, predictor, alphas, limit, seed).filter(one => !known.has(one.join()));
    for (const [i, one] of fresh.entries()) {
      onProgress((round + (0.7 * i) / fresh.length) / 2, 'comparing networks on held-out images');
      known.set(one.join(), { choices: one, predictedMs: predictor.predict(one), loss: await judge(one) });
    }
    const within = [...known.values()].filter(({ predictedMs }) => predictedMs <= limit * 1.0001);
    const close = within.filter(({ predictedMs }) => predictedMs >= limit * LOWEST_SHARE);
    const chosen = best(space, close.length > 0 ? close : within, Math.max(MEASURED, networks));
    for (const one of await measureAll(space, chosen, tools, round)) tried.set(one.choices.join(), one);
    const ratio = medianRatio([...tried.values()]);
    if (Math.abs(ratio - 1) < 0.01) break;
    limit = targetMs / ratio;
  }
  const fitting = [...tried.values()].filter(
    ({ measuredMs }) => measuredMs <= targetMs * 1.01 && measuredMs >= targetMs * 0.95,
  );
  // Where none keeps the target, the one nearest to it.
  const off = ({ measuredMs }: Derived) => Math.abs(measuredMs - targetMs);
  let finalists = fitting.length > 0 ? fitting : [[...tried.values()].reduce((a, b) => (off(b) < off(a) ? b : a))];
  if (networks > 1 && finalists.length > 1) {
    finalists = best(space, finalists, networks);
    const losses = await rehearse(finalists.map(({ choices }) => choices));
    finalists = finalists.map((one, i) => ({ ...one, loss: losses[i] }));
  }
  onProgress(1, 'chosen');
  const { choices, predictedMs, measuredMs } = finalists.reduce((a, b) => (b.loss < a.loss ? b : a));
  return { choices, predictedMs, measuredMs };
}

/** Those of least loss; with finalists to be trained, the best of every depth first, then the second best of every depth. */
function best<Network extends Proposal>(space: SearchSpace, networks: readonly Network[], count: number): Network[] {
  const ranked = networks.toSorted((a, b) => a.loss - b.loss);
  if (space.schedule.finalists.networks <= 1) return ranked.slice(0, count);
  const depth = ({ choices }: Proposal) =>
    choices.filter((choice, l) => !space.blocks[l].candidates[choice].zero).length;
  const places = new Map<number, number>();
  const placed = ranked.map(network => {
    const place = places.get(depth(network)) ?? 0;
    places.set(depth(network), place + 1);
    return { network, place };
  });
  return placed
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ network }) => network);
}

async function measureAll(
  space: SearchSpace,
  proposals: readonly Proposal[],
  { measure, onProgress }: DeriveTools,
  round: number,
): Promise<Measured[]> {
  if (proposals.length === 0) return [];
  const { device, threads, batch } = space.objective.latency;
  const models = proposals.map(({ choices }) => ({
    key: choices.join(),
    model: modelsFor(device)(deriveNetwork(space, choices), batch),
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
