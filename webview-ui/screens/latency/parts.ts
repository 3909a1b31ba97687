import type { DerivedView } from '../../../src/protocol/viewer.ts';
import type { Part } from '../../charts/stackedBars.tsx';
import { nameInGroup } from '../../state/network.ts';
import { t } from '../../state/text.ts';

interface Share {
  name: string;
  ms: number;
}

/** Colours of the style sheet that neighbours are told apart by. */
const HUES = 6;

const OUTSIDE_COLOUR = 'grey';

/** Kinds beyond these are one part together, so that each has a colour of its own. */
const MOST_KINDS = HUES - 1;

/** What is no block's: the empty run, and what the trace of the layers does not account for. */
export const OUTSIDE = t('outside the blocks');

/**
 * Parts of a bar: a colour for each stage, shades for its blocks.
 *
 * @param outsideMs latency that no block accounts for
 */
export function byBlock(blocks: readonly Share[], outsideMs: number): Part[] {
  const groups = [...new Set(blocks.map(({ name }) => groupOf(name)))];
  const seen = new Map<string, number>();
  const parts = blocks.map(({ name, ms }) => {
    const group = groupOf(name);
    const shade = seen.get(group) ?? 0;
    seen.set(group, shade + 1);
    return { name, labels: labelsOf(nameInGroup(name)), ms, colour: `hue${groups.indexOf(group) % HUES}`, shade };
  });
  return outsideMs > 0 ? [...parts, outside(outsideMs)] : parts;
}

/** What the colours of `byBlock` stand for. */
export function blockKeys(names: readonly string[]): { name: string; colour: string }[] {
  const groups = [...new Set(names.map(groupOf))];
  const keys = groups.map((name, i) => ({ name, colour: `hue${i % HUES}` }));
  return [...keys, { name: OUTSIDE, colour: OUTSIDE_COLOUR }];
}

/** Parts of a bar: the greatest first, the small ones as one. */
export function byKind(kinds: readonly Share[], outsideMs: number): Part[] {
  const sorted = kinds.toSorted((a, b) => b.ms - a.ms);
  const rest = sorted.slice(MOST_KINDS).reduce((sum, { ms }) => sum + ms, 0);
  const shown = rest > 0 ? [...sorted.slice(0, MOST_KINDS), { name: t('others'), ms: rest }] : sorted;
  const parts = shown.map(({ name, ms }, i) => ({
    name,
    labels: [name],
    ms,
    colour: `hue${i % HUES}`,
    shade: Math.floor(i / HUES),
  }));
  return outsideMs > 0 ? [...parts, outside(outsideMs)] : parts;
}

function outside(ms: number): Part {
  return { name: OUTSIDE, labels: [OUTSIDE], ms, colour: OUTSIDE_COLOUR, shade: 0 };
}

/** Measured time of the derived network by kind of layer. */
export function derivedKinds(derived: DerivedView): Share[] {
  const sums = new Map<string, number>();
  for (const { kind, measuredMs } of derived.layers) sums.set(kind, (sums.get(kind) ?? 0) + measuredMs);
  return [...sums].map(([name, ms]) => ({ name, ms }));
}

/** `block12`, in short `12`. */
function labelsOf(name: string): string[] {
  const [number] = /\d+$/.exec(name) ?? [];
  return number ? [name, number] : [name];
}

function groupOf(name: string): string {
  return name.split('.')[0];
}
