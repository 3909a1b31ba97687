import { type Signal, useComputed, useSignal } from '@preact/signals';
import { phases } from '../../components/phases.ts';
import { indexOfMax, placeBlocks } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { page, setPage } from '../../state/viewer.ts';
import { Chain } from './chain.tsx';
import { DerivedChain } from './derivedChain.tsx';
import { Figures } from './figures.tsx';
import { Inspector } from './inspector.tsx';

/** The network as it evolves, or as it was derived, with what one candidate is and why it rises or falls. */
export function GraphScreen({ run }: { run: RunState }) {
  const hovered = useSignal<Pick | null>(null);
  const graph = useComputed(() => page.value.graph).value;
  const derived = run.derived.value;
  const atWork = useComputed(() => phases[run.vitals.value.phase].tone === 'busy').value;
  if (run.space.value.blocks.length === 0) {
    return (
      <p class="muted empty-screen">
        {atWork
          ? t('The graph appears here as soon as the search space is read.')
          : t('This run has left no log that can be read, so there is no graph of it.')}
      </p>
    );
  }
  return (
    <>
      <Figures run={run} />
      {derived && (
        <fieldset class="switch">
          <legend class="hidden">{t('Graph of')}</legend>
          {(['supernet', 'derived'] as const).map(kind => (
            <label key={kind}>
              <input type="radio" name="graph" checked={graph === kind} onChange={() => setPage({ graph: kind })} />
              {kind === 'supernet' ? t('All candidates') : t('Derived network')}
            </label>
          ))}
        </fieldset>
      )}
      {derived && graph === 'derived' ? (
        <DerivedChain space={run.space.value} derived={derived} />
      ) : (
        <div class="graph">
          <Chain run={run} hovered={hovered} />
          <PickInspector run={run} hovered={hovered} />
        </div>
      )}
    </>
  );
}

/** Apart, so that the graph is not drawn again when the pointer moves. */
function PickInspector({ run, hovered }: { run: RunState; hovered: Signal<Pick | null> }) {
  const choices = placeBlocks(run.space.value).filter(({ choice }) => choice !== null);
  const chosen = valid(choices, hovered.value) ?? valid(choices, page.value.pick);
  const pick = chosen ?? firstPick(run);
  const dismiss = () => {
    hovered.value = null;
    setPage({ pick: null });
  };
  return pick && <Inspector run={run} pick={pick} asked={chosen !== null} onDismiss={dismiss} />;
}

/** A pick that this space has; what was saved may be of another. */
function valid(choices: readonly { view: { candidates: unknown[] } }[], pick: Pick | null): Pick | null {
  return pick && pick.candidate < (choices[pick.block]?.view.candidates.length ?? 0) ? pick : null;
}

/** Without a pick, the first block's most probable candidate, so that there is something to read. */
function firstPick(run: RunState): Pick | null {
  const probabilities = run.shown.peek().probabilities[0];
  return probabilities ? { block: 0, candidate: indexOfMax(probabilities) } : null;
}
