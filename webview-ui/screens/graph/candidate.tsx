import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals';
import { Icon } from '../../components/icon.tsx';
import { formatPercent } from '../../state/format.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { setPage } from '../../state/viewer.ts';
import { cellId } from './keys.ts';

interface Props {
  run: RunState;
  pick: Pick;
  /** For the narrow cell, and for a screen reader. */
  name: string;
  fullName: string;
  /** Of the block, by number: the most probable candidate, the one drawn now, the one picked; -1 for none. */
  best: ReadonlySignal<number>;
  drawn: ReadonlySignal<number>;
  picked: ReadonlySignal<number>;
  /** Where the Tab key enters the graph; arrow keys go on from there. */
  tabStop: boolean;
  hovered: Signal<Pick | null>;
}

/**
 * One candidate of a block. Its figures are signals bound to the document: a delta draws no component again. A page has
 * up to 150 of these, so there is little in one to lay out and to paint.
 */
export function Candidate({ run, pick, name, fullName, best, drawn, picked, tabStop, hovered }: Props) {
  const { block, candidate } = pick;
  const locked = useComputed(() => run.restrictions.value.locked[block] === candidate);
  const banned = useComputed(() => run.restrictions.value.banned[block]?.includes(candidate) ?? false);
  const probability = useComputed(() => run.shown.value.probabilities[block]?.[candidate] ?? 0);
  const percent = useComputed(() => formatPercent(probability.value));

  const fill = useComputed(() => `width: ${Math.round(100 * probability.value)}%`);
  const stripe = useComputed(() => (drawn.value === candidate ? 'cell-stripe sampled' : 'cell-stripe'));
  const classes = useComputed(() =>
    listed(' ', [
      'cell',
      best.value === candidate && 'argmax',
      locked.value && 'locked',
      banned.value && 'banned',
      picked.value === candidate && 'picked',
    ]),
  );
  const label = useComputed(() =>
    listed(', ', [
      t('{0} {1} per cent', fullName, percent.value),
      best.value === candidate && t('most probable'),
      locked.value && t('locked'),
      banned.value && t('banned'),
    ]),
  );

  return (
    <button
      type="button"
      class={classes}
      id={cellId(pick)}
      data-block={block}
      data-candidate={candidate}
      aria-label={label}
      tabIndex={tabStop ? 0 : -1}
      onMouseEnter={() => (hovered.value = pick)}
      onFocus={() => setPage({ pick })}
    >
      <span class="cell-fill" style={fill} />
      <span class={stripe} />
      <span class="cell-name">{name}</span>{' '}
      {(locked.value || banned.value) && <Icon name={locked.value ? 'lock' : 'ban'} />}
      <span class="cell-percent">{percent}</span>
    </button>
  );
}

function listed(separator: string, words: readonly (string | false)[]): string {
  return words.filter(Boolean).join(separator);
}
