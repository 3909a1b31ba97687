import type { Measure } from '../../latency/measure.ts';
import { medianRatio } from '../../latency/statistics.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import { keeps } from '../../space/cost.ts';
import { measuredGoal } from '../../space/devices.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { bestByHalving, type Round, roundsOf } from './halving.ts';
import { allLimits, type Limits } from './limits.ts';
import { modelsFor } from './profiling.ts';
import { isClose, propose } from './proposals.ts';
import type { Reference } from './references.ts';
import { undisturbed } from './undisturbed.ts';

/** The network chosen within the limits. */
export interface Derived {
  /** Candidate per block of the space, fixed blocks included. */
  choices: number[];
  /** Undefined where no latency is asked for. */
  predictedMs?: number;
  /** Undefined where no device is at hand. */
  measuredMs?: number;
  /** Others that were measured beside it. */
  references?: Reference[];
}

/** A network that may be chosen, and its validation loss in the supernet. */
type Proposal = Derived & { loss: number };

export interface DeriveTools {
  /** On the device that is asked for; undefined where none is at hand. */
  measure?: Measure;
  /** Cross-entropy of a path of the supernet on held-out images. @param choices candidate per block of the space */
  judge(choices: readonly number[]): Promise<number>;
  /** Cross-entropies on held-out images of networks trained for some epochs on their own. @param onProgress told the share that is done */
  rehearse(
    networks: readonly (readonly number[])[],
    epochs: number,
    onProgress: (fraction: number) => void,
  ): Promise<number[]>;
  /** Some seconds of rest, for a machine that is busy with something else. */
  rest(): Promise<void>;
  onProgress(fraction: number, text: string): void;
}

const MEASURED = 6;
const MEASURING_SECONDS = 6;
/** Of the networks that were measured, those that are remembered for a later measurement. */
const REFERENCES = 8;

/**
 * From architecture parameters to one network. The probabilities treat blocks as independent, which they are not, so the
 * networks they propose are compared on held-out images: by the supernet's weights, and, where the schedule asks for
 * finalists, the best of each depth by a short training of their own. The supernet tells networks of one depth apart; but
 * most of the paths it was trained on are deep, and it thinks too little of shallow ones. What is compared last was
 * measured on the device, if it is at hand; where the prediction is off, the limit is corrected by it once.
 *
 * @param alphas architecture parameters of every block with a choice
 */
export async function derive(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  limits: Limits,
  seed: number,
  tools: DeriveTools,
): Promise<Derived> {
  const { judge, onProgress } = tools;
  const { latency } = limits;
  const { networks, epochs } = space.schedule.finalists;
  const known = new Map<string, Proposal>();
  const tried = new Map<string, Proposal>();
  let corrected = limits;
  /** What networks take on the device for a millisecond of the table. */
  let ratio = 1;
  for (let round = 0; round < 2; round++) {
    const fresh = propose(space, corrected, alphas, seed).filter(one => !known.has(one.join()));
    for (const [i, one] of fresh.entries()) {
      onProgress((round + (0.7 * i) / fresh.length) / 2, 'comparing networks on held-out images');
      known.set(one.join(), { choices: one, predictedMs: latency?.predictor.predict(one), loss: await judge(one) });
    }
    const within = [...known.values()].filter(({ choices }) => keeps(allLimits(corrected), choices));
    const close = within.filter(({ choices }) => isClose(corrected, choices));
    const chosen = best(space, close.length > 0 ? close : within, Math.max(MEASURED, networks));
    for (const one of await measureAll(space, chosen, tools, round)) tried.set(one.choices.join(), one);
    const all = [...tried.values()];
    ratio = medianRatio(latenciesOf(all, 'measuredMs'), latenciesOf(all, 'predictedMs'));
    if (!latency || Math.abs(ratio - 1) < 0.01) break;
    corrected = { ...limits, latency: { ...latency, targetMs: latency.targetMs / ratio } };
  }
  /** Of the latency asked for; 1 where none is asked for. */
  const share = (ms = 0) => (latency ? ms / latency.targetMs : 1);
  const used = ({ measuredMs, predictedMs }: Derived) => share(measuredMs ?? predictedMs);
  const fits = (part: number) => part <= 1.01 && part >= 0.95;
  // Where none keeps the target, the one nearest to it.
  const off = (one: Derived) => Math.abs(used(one) - 1);
  // A machine has its moods. Where few fit by one short look at each, what the table and all looks together say counts too.
  const nearly = (one: Derived) => off(one) <= 0.05 && fits(share((one.predictedMs ?? 0) * ratio));
  const all = [...tried.values()];
  const fitting = all.filter(one => fits(used(one)));
  const enough = fitting.length >= networks ? fitting : all.filter(one => fits(used(one)) || nearly(one));
  const able = enough.length > 0 ? enough : [all.reduce((a, b) => (off(b) < off(a) ? b : a))];
  const finalists = best(space, able, Math.max(1, networks));
  const rounds = roundsOf(finalists.length, epochs, space.schedule.train.epochs);
  const { choices, predictedMs, measuredMs } = await bestByHalving(finalists, rounds, rehearsing(rounds, tools));
  onProgress(1, 'chosen');
  const others = all.filter(one => one.choices !== choices).slice(-REFERENCES);
  const references = others.flatMap(one =>
    one.measuredMs === undefined ? [] : [{ choices: one.choices, measuredMs: one.measuredMs }],
  );
  return { choices, predictedMs, measuredMs, ...(references.length > 0 && { references }) };
}

/** Trains finalists in rounds, the progress of each being a part of that of all. */
function rehearsing(rounds: readonly Round[], { rehearse, onProgress }: DeriveTools) {
  const work = (some: readonly Round[]) => some.reduce((sum, { networks, epochs }) => sum + networks * epochs, 0);
  return (networks: readonly Proposal[], round: Round, index: number) => {
    const text = `training ${networks.length} finalists for ${round.epochs} epoch${round.epochs === 1 ? '' : 's'}`;
    return rehearse(
      networks.map(({ choices }) => choices),
      round.epochs,
      fraction => onProgress((work(rounds.slice(0, index)) + fraction * work([round])) / work(rounds), text),
    );
  };
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
  { measure, rest, onProgress }: DeriveTools,
  round: number,
): Promise<Proposal[]> {
  const goal = measuredGoal(space.objective.latency);
  if (!goal || !measure || proposals.length === 0) return [...proposals];
  const { device, threads, batch } = goal;
  const models = proposals.map(({ choices }) => ({
    key: choices.join(),
    model: modelsFor(device)(deriveNetwork(space, choices), batch),
  }));
  const options = {
    threads,
    seed: round,
    budgetSeconds: MEASURING_SECONDS,
    tolerance: 0.005,
    onProgress: (share: number) => onProgress((round + 0.7 + 0.3 * share) / 2, 'measuring the best networks'),
  };
  const times = await undisturbed(measure, models, options, latenciesOf(proposals, 'predictedMs'), rest);
  return proposals.map(proposal => ({ ...proposal, measuredMs: times.get(proposal.choices.join()) }));
}

/** By choices, as far as it is known. */
function latenciesOf(networks: readonly Derived[], which: 'predictedMs' | 'measuredMs'): Map<string, number> {
  return new Map(
    networks.flatMap(({ choices, [which]: ms }) => (ms === undefined ? [] : [[choices.join(), ms] as const])),
  );
}
