import type { Signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useSize } from '../../charts/useSize.ts';
import { canSteer } from '../../components/actions.ts';
import { post } from '../../messaging/host.ts';
import { formatShape } from '../../state/format.ts';
import { groupBlocks, type PlacedBlock, placeBlocks } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { setPage } from '../../state/viewer.ts';
import { ChoiceRow } from './choiceRow.tsx';
import { FixedRow } from './fixedRow.tsx';
import { Flow } from './flow.tsx';
import { cellId, neighbour, steeringOf } from './keys.ts';

/** With more choice blocks than this, each takes one line instead of two. */
const ROOMY_BLOCKS = 12;

interface Props {
  run: RunState;
  /** The candidate under the pointer. */
  hovered: Signal<Pick | null>;
}

/** Stem, stages of blocks and head from top to bottom, joined by bands as wide as the paths through them are probable. */
export function Chain({ run, hovered }: Props) {
  const space = run.space.value;
  const blocks = placeBlocks(space);
  const counts = blocks.filter(({ choice }) => choice !== null).map(({ view }) => view.candidates.length);
  const { ref, width } = useSize<HTMLDivElement>();

  const onKeyDown = (event: KeyboardEvent) => {
    const { block, candidate } = (event.target as HTMLElement).dataset;
    if (block === undefined || candidate === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = { block: Number(block), candidate: Number(candidate) };
    const next = neighbour(at, event.key, counts);
    const action = steeringOf(event.key);
    if (next) {
      setPage({ pick: next });
      document.getElementById(cellId(next))?.focus();
    } else if (action && canSteer(run.vitals.value.phase)) {
      post({ type: 'steer', ...at, action });
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <section
      class={counts.length > ROOMY_BLOCKS ? 'chain tight' : 'chain'}
      aria-label={t('Architecture')}
      onKeyDown={onKeyDown}
      onMouseLeave={() => (hovered.value = null)}
    >
      <Legend timed={space.targetMs !== undefined} />
      <div class="row ruler" aria-hidden="true">
        <div ref={ref} class="row-middle" />
      </div>
      <div class="row end">
        <span class="end-node">{t('input {0}', formatShape(space.input))}</span>
      </div>
      {groupBlocks(blocks).map(({ name, blocks: members }) => (
        <section class="group" key={name} aria-label={name}>
          {members.map(block => (
            <Fragment key={block.view.name}>
              <Flow run={run} above={blocks[block.place - 1]} below={block} width={width} />
              <Row run={run} block={block} first={block === members[0]} hovered={hovered} />
            </Fragment>
          ))}
        </section>
      ))}
      <Flow run={run} above={blocks.at(-1)} below={undefined} width={width} />
      <div class="row end">
        <span class="end-node">{t('{0} classes', space.classes || '')}</span>
      </div>
    </section>
  );
}

function Row({ run, block, first, hovered }: Props & { block: PlacedBlock; first: boolean }) {
  if (block.choice === null) return <FixedRow block={block} target={run.space.value.targetMs} />;
  return <ChoiceRow run={run} block={block} choice={block.choice} first={first} hovered={hovered} />;
}

function Legend({ timed }: { timed: boolean }) {
  return (
    <div class="row legend">
      <span class="row-name">{t('Block')}</span>
      <div class="row-middle">
        <span>{t('Candidates, probability in %')}</span>
        <span class="key argmax">{t('most probable')}</span>
        <span class="key sampled">{t('drawn now')}</span>
        <span class="key flow">{t('share of paths')}</span>
      </div>
      <span class="row-side">{timed && t('Latency, share of target')}</span>
    </div>
  );
}
