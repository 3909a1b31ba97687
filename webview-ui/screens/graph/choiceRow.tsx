import { type Signal, useComputed } from '@preact/signals';
import { reducedMotion } from '../../charts/theme.ts';
import { formatShape, formatShare } from '../../state/format.ts';
import { expectedMs, latencyText, leader, nameInGroup, type PlacedBlock, shortNames } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { page } from '../../state/viewer.ts';
import { Candidate } from './candidate.tsx';

interface Props {
  run: RunState;
  block: PlacedBlock;
  choice: number;
  /** The first of its group, which names the group. */
  first: boolean;
  hovered: Signal<Pick | null>;
}

/** A choice block: its name and shape, its candidates side by side, and its part of the expected latency. */
export function ChoiceRow({ run, block, choice, first, hovered }: Props) {
  const { view } = block;
  const { common, names } = shortNames(view.candidates);
  const group = view.name.split('.')[0];
  /** Candidates of this block, by number; -1 for none. */
  const picked = useComputed(() => (page.value.pick?.block === choice ? page.value.pick.candidate : -1));
  const best = useComputed(() => leader(run.shown.value.probabilities[choice] ?? []));
  const drawn = useComputed(() => (reducedMotion ? -1 : (run.shown.value.path[choice] ?? -1)));
  const untouched = useComputed(() => page.value.pick === null).value;
  const entry = choice === 0 && untouched ? 0 : picked.value;
  return (
    <fieldset class={picked.value >= 0 ? 'row choice picked' : 'row choice'} aria-label={view.name}>
      <div class="row-name">
        {first && <strong>{group} </strong>}
        <span>{nameInGroup(view.name)}</span>
        {view.residual && (
          <span class="skip" title={t("The block's input is added to its output")}>
            {t('+ skip')}
          </span>
        )}
        <small>
          {common} {formatShape(view.output)}
        </small>
      </div>
      <div class="row-middle cells" style={{ gridTemplateColumns: `repeat(${names.length}, minmax(0, 1fr))` }}>
        {names.map((name, i) => (
          <Candidate
            key={view.candidates[i].name}
            run={run}
            pick={{ block: choice, candidate: i }}
            name={name}
            fullName={view.candidates[i].name}
            best={best}
            drawn={drawn}
            picked={picked}
            tabStop={i === entry}
            hovered={hovered}
          />
        ))}
      </div>
      {run.space.value.targetMs !== undefined && <LatencySide run={run} block={block} choice={choice} />}
    </fieldset>
  );
}

/** A bar by the block's share of the target: several full bars would already be over it. */
function LatencySide({ run, block, choice }: { run: RunState; block: PlacedBlock; choice: number }) {
  const ms = useComputed(() => expectedMs(block.view, run.shown.value.probabilities[choice]));
  const scale = useComputed(() => sideScale(run));
  const style = useComputed(() => `width: ${(100 * Math.min(1, (ms.value ?? 0) / scale.value)).toFixed(0)}%`);
  const text = useComputed(() => latencyText(run.space.value, ms.value));
  const part = useComputed(() => {
    const { targetMs } = run.space.value;
    return ms.value === null || !targetMs ? '' : formatShare(ms.value / targetMs, 0);
  });
  return (
    <div class="row-side" title={t('Expected latency, and its share of the target')}>
      <div class="side-bar">
        <div style={style} />
      </div>
      <span>{text}</span>
      <span class="muted">{part}</span>
    </div>
  );
}

/** The slowest single candidate fills the bar, so that bars do not jump while probabilities move. */
function sideScale(run: RunState): number {
  const all = run.space.value.blocks.flatMap(({ candidates }) => candidates.map(({ latencyMs }) => latencyMs ?? 0));
  return Math.max(...all) || 1;
}
