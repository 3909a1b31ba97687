import type { Inherited } from '../../protocol/events.ts';
import type { Supernet } from '../../search/supernet.ts';
import type { Candidate, SearchSpace } from '../../space/searchSpace.ts';
import { spaceDifference } from './difference.ts';
import { type BlockMatch, matchBlocks } from './matching.ts';
import { hasWeights, type StoredTensors, transferAlphas, transferWeights } from './transfer.ts';

/** An earlier search, as far as another one can take over from it. */
export interface Ancestor {
  /** Name of its run's folder. */
  run: string;
  space: SearchSpace;
  /** By choice block. */
  alphas: readonly (readonly number[])[];
  /** Opens its weights for as long as `use` runs. */
  withTensors<T>(use: (tensors: StoredTensors) => T): T;
}

/** What a new search takes over from an earlier one. */
export interface Inheritance {
  event: Inherited;
  /** Epochs of the warm-up that count as done: the share of candidates taken over, rounded down. */
  warmupDone: number;
  apply(supernet: Supernet): void;
}

/**
 * Finds out what a search of `space` can take over: of every block that continues one of the earlier space the weights,
 * batch-norm statistics and architecture parameters of equal candidates. Momentum and optimisers start anew.
 */
export function inheritance(ancestor: Ancestor, space: SearchSpace): Inheritance {
  const matches = matchBlocks(ancestor.space, space);
  const found = ancestor.withTensors(tensors =>
    matches.map((match, block) => judge(ancestor.space, tensors, space, block, match)),
  );
  const shares = found.map(({ match }) => (match ? inheritedShare(match) : 0));
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const blocks = found.map(({ match, reason }, i) => ({
    block: space.blocks[i].name,
    inherited: match !== undefined,
    reason,
  }));
  return {
    event: { fromRun: ancestor.run, blocks, difference: spaceDifference(ancestor.space, space) },
    warmupDone: Math.floor(space.schedule.warmupEpochs * share),
    apply(supernet) {
      ancestor.withTensors(tensors => {
        for (const [block, { match }] of found.entries())
          if (match) takeOver(supernet, block, match, ancestor, tensors);
      });
    },
  };
}

interface Judgement {
  /** Undefined where the block starts anew. */
  match?: BlockMatch;
  reason: string;
}

/** Whether a block that continues another can take over from it; `reason` says so to a person. */
function judge(
  before: SearchSpace,
  tensors: StoredTensors,
  after: SearchSpace,
  block: number,
  match: BlockMatch | undefined,
): Judgement {
  const { name, candidates } = after.blocks[block];
  if (!match) {
    const known = before.blocks.some(one => one.name === name);
    return { reason: known ? 'its shape or all its candidates changed' : 'it is new' };
  }
  const several = match.candidates.filter(from => from !== undefined).length > 1;
  if (after.schedule.sharedWeights && !before.schedule.sharedWeights && several)
    return { reason: 'its candidates are to share their weights, and in the earlier run they did not' };
  if (!hasWeights(before, after, block, match, tensors))
    return {
      reason: 'its weights in the earlier run are of another form, as a file that its space imports was changed',
    };
  const earlier = before.blocks[match.from];
  const fresh = candidates.filter((_, i) => match.candidates[i] === undefined);
  const gone = earlier.candidates.filter((_, i) => !match.candidates.includes(i));
  const changes = [listed('new', fresh), listed('gone', gone)].filter(Boolean).join('; ');
  const renamed = earlier.name === name ? '' : ` (it was ${earlier.name})`;
  return { match, reason: (changes ? `the same but for candidates ${changes}` : 'unchanged') + renamed };
}

/** `new: mbconv 7x7 e3, mbconv 7x7 e6`, or nothing. */
function listed(what: string, candidates: readonly Candidate[]): string {
  return candidates.length > 0 ? `${what}: ${candidates.map(({ name }) => name).join(', ')}` : '';
}

function inheritedShare({ candidates }: BlockMatch): number {
  return candidates.filter(from => from !== undefined).length / candidates.length;
}

function takeOver(
  supernet: Supernet,
  block: number,
  match: BlockMatch,
  { space, alphas }: Ancestor,
  tensors: StoredTensors,
): void {
  transferWeights(supernet, block, space.blocks[match.from].name, match, tensors);
  const { architecture } = supernet.blocks[block];
  // A block without a choice has no parameters; as one among others its candidate would have had any.
  const earlier = alphas[choiceNumber(space, match.from)] ?? [0];
  architecture?.alpha.set(transferAlphas(earlier, match.candidates));
}

/** Number of a block among the blocks with a choice; -1 for the others. */
function choiceNumber({ blocks }: SearchSpace, block: number): number {
  if (blocks[block].candidates.length === 1) return -1;
  return blocks.slice(0, block).filter(({ candidates }) => candidates.length > 1).length;
}
