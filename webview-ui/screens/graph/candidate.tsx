import { type Signal, useComputed } from '@preact/signals';
import { reducedMotion } from '../../charts/theme.ts';
import { Icon } from '../../components/icon.tsx';
import { formatPercent } from '../../state/format.ts';
import { leader } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { page, setPage } from '../../state/viewer.ts';
import { cellId } from './keys.ts';

interface Props {
  run: RunState;
  pick: Pick;
  /** For the narrow cell, and for a screen reader. */
  name: string;
  fullName: string;
  /** Where the Tab key enters the graph; arrow keys go on from there. */
  tabStop: boolean;
  hovered: Signal<Pick | null>;
}

/** One candidate of a block. Its figures are signals bound to the document: a delta draws no component again. */
export function Candidate({ run, pick, name, fullName, tabStop, hovered }: Props) {
  const { block, candidate } = pick;
  const probability = useComputed(() => run.shown.value.probabilities[block]?.[candidate] ?? 0);
  const best = useComputed(() => leader(run.shown.value.probabilities[block] ?? []) === candidate);
  const drawn = useComputed(() => !reducedMotion && run.shown.value.path[block] === candidate);
  const locked = useComputed(() => run.restrictions.value.locked[block] === candidate);
  const banned = useComputed(() => run.restrictions.value.banned[block]?.includes(candidate) ?? false);

  const picked = useComputed(() => page.value.pick?.block === block && page.value.pick.candidate === candidate);
  const percent = useComputed(() => formatPercent(probability.value));
  const fill = useComputed(() => `transform: scaleX(${probability.value.toFixed(3)})`);
  const classes = useComputed(() =>
    [
      'cell',
      best.value && 'argmax',
      drawn.value && 'sampled',
      locked.value && 'locked',
      banned.value && 'banned',
      picked.value && 'picked',
    ]
      .filter(Boolean)
      .join(' '),
  );
  const state = useComputed(() =>
    [best.value && t('most probable'), locked.value && t('locked'), banned.value && t('banned')]
      .filter(Boolean)
      .map(word => `, ${word}`)
      .join(''),
  );

  return (
    <button
      type="button"
      class={classes}
      id={cellId(pick)}
      data-block={block}
      data-candidate={candidate}
      tabIndex={tabStop ? 0 : -1}
      onMouseEnter={() => (hovered.value = pick)}
      onFocus={() => setPage({ pick })}
    >
      <span class="cell-fill" style={fill} />
      <span class="cell-name" aria-hidden="true">
        {name}
      </span>
      <span class="hidden">{fullName} </span>
      {(locked.value || banned.value) && <Icon name={locked.value ? 'lock' : 'ban'} />}
      <span class="cell-percent">{percent}</span>
      <span class="hidden">
        {' '}
        {t('per cent')}
        {state}
      </span>
    </button>
  );
}
