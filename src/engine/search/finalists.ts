import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Derived, DeriveTools, Proposal } from './derive.ts';
import { bestByHalving, type Round, roundsOf } from './halving.ts';
import type { Limits } from './limits.ts';

/** Shares of the latency that is asked for within which a network keeps and uses it. */
const LEAST = 0.95;
const MOST = 1.01;

/**
 * Of networks that were measured, those that keep the latency that is asked for and use it; where none does, the one nearest
 * to it.
 *
 * @param ratio what all of them took for a millisecond of their prediction
 */
export function fittingOnes(
  space: SearchSpace,
  { latency }: Limits,
  tried: readonly Proposal[],
  ratio: number,
): readonly Proposal[] {
  /** Of the latency asked for; 1 where none is asked for. */
  const share = (ms = 0) => (latency ? ms / latency.targetMs : 1);
  const used = ({ measuredMs, predictedMs }: Derived) => share(measuredMs ?? predictedMs);
  const fits = (part: number) => part <= MOST && part >= LEAST;
  const off = (one: Derived) => Math.abs(used(one) - 1);
  // A machine has its moods. Where few fit by one short look at each, what the table and all looks together say counts too.
  const nearly = (one: Derived) => off(one) <= 1 - LEAST && fits(share((one.predictedMs ?? 0) * ratio));
  const fitting = tried.filter(one => fits(used(one)));
  const enough =
    fitting.length >= space.schedule.finalists.networks ? fitting : tried.filter(one => fits(used(one)) || nearly(one));
  return enough.length > 0 ? enough : [tried.reduce((a, b) => (off(b) < off(a) ? b : a))];
}

/** The best of the finalists by trainings of their own, where the schedule asks for those. @param finalists at least one, best first */
export function trainedBest(space: SearchSpace, finalists: readonly Proposal[], tools: DeriveTools): Promise<Proposal> {
  const rounds = roundsOf(finalists.length, space.schedule.finalists.epochs, space.schedule.train.epochs);
  return bestByHalving(finalists, rounds, rehearsing(rounds, tools));
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
export function best<Network extends Proposal>(
  space: SearchSpace,
  networks: readonly Network[],
  count: number,
): Network[] {
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
