import type { Measure } from '../../latency/measure.ts';
import { medianRatio } from '../../latency/statistics.ts';
import { keeps } from '../../space/cost.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { best, fittingOnes, trainedBest } from './finalists.ts';
import { allLimits, type Limits } from './limits.ts';
import { latenciesOf, lookAgain, measureBeside } from './measuring.ts';
import { isClose, propose } from './proposals.ts';
import type { Reference } from './references.ts';
import { SUSPICIOUS } from './undisturbed.ts';

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
export type Proposal = Derived & { loss: number };

export interface DeriveTools {
  /** On the device that is asked for; undefined where none is at hand. */
  measure?: Measure;
  /**
   * Cross-entropies of paths of the supernet on held-out images.
   * @param networks candidate per block of the space @param onProgress told the share that is done
   */
  judge(networks: readonly (readonly number[])[], onProgress: (fraction: number) => void): Promise<number[]>;
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
/** Rounds of proposing and measuring: two where the table is off, more where the machine changes its pace meanwhile. */
const MOST_ROUNDS = 4;
/** Choices of finalists: a second one where the first turns out to have been made on a machine that something slowed down. */
const MOST_CHOICES = 2;
/** From this share on what the device takes is not what the table says. */
const OFF = 0.01;
/** From this share on the machine has another pace than in the round before. */
const CHANGED = 0.05;
/** Of the networks that were measured, those that are remembered for a later measurement. */
const REFERENCES = 8;

/** Networks that may be chosen, all measured at one pace of the machine, and what they take for a millisecond of the table. */
interface Measured {
  tried: Proposal[];
  ratio: number;
}

/**
 * From architecture parameters to one network. The probabilities treat blocks as independent, which they are not, so the
 * networks they propose are compared on held-out images: by the supernet's weights, and, where the schedule asks for
 * finalists, the best of each depth by a short training of their own. The supernet tells networks of one depth apart; but
 * most of the paths it was trained on are deep, and it thinks too little of shallow ones. Training finalists takes minutes:
 * where the machine is much faster after it, they were measured while something slowed it down, and others are chosen.
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
  const known = new Map<string, Proposal>();
  let measured: Measured = { tried: [], ratio: 1 };
  for (let choice = 1; ; choice++) {
    measured = await proposeAndMeasure(space, alphas, limits, seed, tools, known, measured);
    const { tried, ratio } = measured;
    const finalists = best(space, fittingOnes(space, limits, tried, ratio), Math.max(1, finalistCount(space)));
    const chosen = await trainedBest(space, finalists, tools);
    // One alone is not trained, and no time went by.
    const trained = finalists.length > 1;
    const onProgress = () => tools.onProgress(1, 'measuring them once more');
    const again =
      trained && choice < MOST_CHOICES ? await lookAgain(space, tried, { ...tools, seed: choice, onProgress }) : tried;
    const pace = medianRatio(latenciesOf(again, 'measuredMs'), latenciesOf(tried, 'measuredMs'));
    if (pace > 1 / SUSPICIOUS) {
      tools.onProgress(1, 'chosen');
      return withReferences(chosen, tried);
    }
    measured = { tried: again, ratio: ratio * pace };
  }
}

/**
 * Networks within the limits, compared by the supernet on held-out images and measured on the device, if it is at hand,
 * all at one pace of the machine; where the prediction is off, the limit is corrected by it, and again where the machine
 * has another pace than in the round before.
 *
 * @param known those that were compared so far, by their choices; added to
 */
async function proposeAndMeasure(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  limits: Limits,
  seed: number,
  { judge, onProgress, ...tools }: DeriveTools,
  known: Map<string, Proposal>,
  { tried, ratio }: Measured,
): Promise<Measured> {
  const { latency } = limits;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // Each round is half of what is left.
    const progress = (share: number, text: string) => onProgress(1 - (1 - share / 2) / 2 ** round, text);
    const corrected = latency ? { ...limits, latency: { ...latency, targetMs: latency.targetMs / ratio } } : limits;
    const fresh = propose(space, corrected, alphas, seed).filter(one => !known.has(one.join()));
    const losses = await judge(fresh, share => progress(0.7 * share, 'comparing networks on held-out images'));
    for (const [i, one] of fresh.entries())
      known.set(one.join(), { choices: one, predictedMs: latency?.predictor.predict(one), loss: losses[i] });
    const within = [...known.values()].filter(({ choices }) => keeps(allLimits(corrected), choices));
    const close = within.filter(({ choices }) => isClose(corrected, choices));
    const chosen = best(space, close.length > 0 ? close : within, Math.max(MEASURED, finalistCount(space)));
    const onMeasured = (share: number) => progress(0.7 + 0.3 * share, 'measuring the best networks');
    const before = ratio;
    tried = await measureBeside(space, tried, chosen, before, { ...tools, seed: round, onProgress: onMeasured });
    ratio = medianRatio(latenciesOf(tried, 'measuredMs'), latenciesOf(tried, 'predictedMs'));
    if (!latency || Math.abs(ratio / before - 1) < (round === 0 ? OFF : CHANGED)) break;
  }
  return { tried, ratio };
}

function finalistCount(space: SearchSpace): number {
  return space.schedule.finalists.networks;
}

/** What was measured beside a network says later how the machine's pace changed. */
function withReferences({ choices, predictedMs, measuredMs }: Derived, tried: readonly Derived[]): Derived {
  const others = tried.filter(one => one.choices !== choices).slice(-REFERENCES);
  const references = others.flatMap(one =>
    one.measuredMs === undefined ? [] : [{ choices: one.choices, measuredMs: one.measuredMs }],
  );
  return { choices, predictedMs, measuredMs, ...(references.length > 0 && { references }) };
}
