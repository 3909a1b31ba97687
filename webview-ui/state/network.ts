import type { BlockView, CandidateView, SpaceView } from '../../src/protocol/spaceView.ts';
import { formatMs } from './format.ts';
import { t } from './text.ts';

/** A block with its place in the chain, and its number among the choice blocks; null for a fixed one. */
export interface PlacedBlock {
  view: BlockView;
  place: number;
  choice: number | null;
}

/** Blocks that stand together: `stem`, a stage, `head`. */
export interface BlockGroup {
  name: string;
  blocks: PlacedBlock[];
}

/** All blocks from input to output, with the number by which probabilities and choices know them. */
export function placeBlocks(space: SpaceView): PlacedBlock[] {
  let choices = 0;
  return space.blocks.map((view, place) => ({ view, place, choice: view.candidates.length > 1 ? choices++ : null }));
}

/** Neighbours whose names begin alike, such as `stage2.block1` and `stage2.block2`. */
export function groupBlocks(blocks: readonly PlacedBlock[]): BlockGroup[] {
  const groups: BlockGroup[] = [];
  for (const block of blocks) {
    const name = block.view.name.split('.')[0];
    if (groups.at(-1)?.name !== name) groups.push({ name, blocks: [] });
    groups.at(-1)?.blocks.push(block);
  }
  return groups;
}

/** A block's name without its group's: `block1` of `stage2.block1`; the whole name where there is no more. */
export function nameInGroup(name: string): string {
  return name.includes('.') ? name.slice(name.indexOf('.') + 1) : name;
}

/** The first of the greatest values. */
export function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
}

/** The most probable candidate; -1 while all are alike, as before the first step. */
export function leader(probabilities: readonly number[]): number {
  const best = indexOfMax(probabilities);
  return probabilities[best] > 1.0001 / probabilities.length || probabilities.length === 1 ? best : -1;
}

/**
 * Names for narrow cells, and what was left off them: the first word where all but Zero share it, as in
 * `mbconv 3x3 e6` and `mbconv 5x5 e6`.
 */
export function shortNames(candidates: readonly CandidateView[]): { common: string; names: string[] } {
  const firstWords = new Set(candidates.filter(({ zero }) => !zero).map(({ name }) => name.split(' ')[0]));
  const [word] = firstWords;
  const cut = firstWords.size === 1 && candidates.every(({ zero, name }) => zero || name.length > word.length + 1);
  if (!cut) return { common: '', names: candidates.map(({ name }) => name) };
  return { common: word, names: candidates.map(({ zero, name }) => (zero ? name : name.slice(word.length + 1))) };
}

/** Expected latency of a block under its candidates' probabilities; null where a candidate was not profiled. */
export function expectedMs(block: BlockView, probabilities: readonly number[] | undefined): number | null {
  let sum = 0;
  for (const [i, { latencyMs }] of block.candidates.entries()) {
    if (latencyMs === null) return null;
    sum += latencyMs * (block.candidates.length === 1 ? 1 : (probabilities?.[i] ?? 0));
  }
  return sum;
}

/** Expected latency by block of the chain, and by kind of operator, in ms; zeros where nothing was profiled. */
export function expectedParts(space: SpaceView, probabilities: readonly (readonly number[])[]) {
  const blocks = placeBlocks(space).map(({ view, choice }) => ({
    name: view.name,
    ms: expectedMs(view, choice === null ? undefined : probabilities[choice]) ?? 0,
  }));
  const kinds = new Map<string, number>();
  for (const { view, choice } of placeBlocks(space)) {
    for (const [i, { name, latencyMs }] of view.candidates.entries()) {
      const share = choice === null ? 1 : (probabilities[choice]?.[i] ?? 0);
      const ms = (latencyMs ?? 0) * share;
      if (ms > 0) kinds.set(name, (kinds.get(name) ?? 0) + ms);
    }
  }
  return { blocks, kinds: [...kinds].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms) };
}

/** Mean entropy over its greatest possible value, 0 when all is decided and 1 when nothing is. */
export function undecidedShare(space: SpaceView, entropy: number): number {
  const choices = space.blocks.filter(({ candidates }) => candidates.length > 1);
  const greatest = choices.reduce((sum, { candidates }) => sum + Math.log(candidates.length), 0) / choices.length;
  return choices.length === 0 ? 0 : Math.min(1, Math.max(0, entropy / greatest));
}

/** A latency of the table; nothing is said where none is asked for. */
export function latencyText({ targetMs }: Pick<SpaceView, 'targetMs'>, ms: number | null): string {
  if (ms !== null) return formatMs(ms);
  return targetMs === undefined ? '' : t('not profiled');
}
