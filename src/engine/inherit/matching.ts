import { formatShape } from '../../space/analysis.ts';
import type { Block, Candidate, SearchSpace } from '../../space/searchSpace.ts';

/** A block of an earlier space that one of the new space can take over from. */
export interface BlockMatch {
  /** Its number in the earlier space. */
  from: number;
  /** For each candidate of the new block the number of the equal one in the earlier block, where there is one. */
  candidates: (number | undefined)[];
}

/**
 * Finds for every block of the new space the one of the earlier space that it continues: same input, output and shortcut,
 * and candidates in common. The order of blocks is kept, so that blocks find themselves again behind a stage that was added
 * or taken out; of several ways the one with most candidates in common is taken, then the one with most names.
 */
export function matchBlocks(before: SearchSpace, after: SearchSpace): (BlockMatch | undefined)[] {
  const [old, now] = [before.blocks.map(keyed), after.blocks.map(keyed)];
  const pairs = now.map(block => old.map((one, from) => pair(one, block, from)));
  // best[i][j]: what the blocks from i of the new space and from j of the earlier one can have in common.
  const best = Array.from({ length: now.length + 1 }, () => new Float64Array(old.length + 1));
  for (let i = now.length - 1; i >= 0; i--)
    for (let j = old.length - 1; j >= 0; j--)
      best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], pairs[i][j].worth + best[i + 1][j + 1]);

  const matches: (BlockMatch | undefined)[] = now.map(() => undefined);
  for (let i = 0, j = 0; i < now.length && j < old.length; ) {
    const { worth, match } = pairs[i][j];
    if (worth > 0 && best[i][j] === worth + best[i + 1][j + 1]) {
      matches[i++] = match;
      j++;
    } else if (best[i][j] === best[i + 1][j]) i++;
    else j++;
  }
  return matches;
}

interface KeyedBlock {
  name: string;
  frame: string;
  candidates: string[];
}

const ZERO = 'zero';

function keyed({ name, input, output, residual, candidates }: Block): KeyedBlock {
  const frame = `${formatShape(input)} ${formatShape(output)} ${residual}`;
  return { name, frame, candidates: candidates.map(candidateKey) };
}

/** What a candidate computes, layer by layer in their order, which is that of its stored weights. */
export function candidateKey({ zero, layers }: Candidate): string {
  if (zero) return ZERO;
  const nodes = layers.nodes.map(({ op, attributes, inputs, shape }) => [op, attributes, inputs, shape]);
  return JSON.stringify([layers.input, layers.output, nodes]);
}

function pair(old: KeyedBlock, now: KeyedBlock, from: number): { worth: number; match: BlockMatch } {
  const candidates = now.candidates.map(key => {
    const found = old.candidates.indexOf(key);
    return found < 0 ? undefined : found;
  });
  const match = { from, candidates };
  const common = now.candidates.filter((key, i) => key !== ZERO && candidates[i] !== undefined).length;
  if (old.frame !== now.frame || common === 0) return { worth: 0, match };
  // A name weighs less than any candidate.
  return { worth: common / now.candidates.length + (old.name === now.name ? 0.001 : 0), match };
}
