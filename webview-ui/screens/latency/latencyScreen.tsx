import { type Stack, StackedBars } from '../../charts/stackedBars.tsx';
import { expectedParts } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { BlockTable } from './blockTable.tsx';
import { blockKeys, byBlock, byKind, derivedKinds } from './parts.ts';
import { TableCheck } from './tableCheck.tsx';

/** Where the time goes, by block and by kind of operator, and how far the prediction is to be trusted. */
export function LatencyScreen({ run }: { run: RunState }) {
  const space = run.space.value;
  const derived = run.derived.value;
  if (space.targetMs === undefined) {
    return <p class="muted empty-screen">{t('No latency was asked for in this run: its limits are budgets.')}</p>;
  }
  const expected = expectedParts(space, run.shown.value.probabilities);
  const fixed = space.fixedMs ?? 0;

  const blocks: Stack[] = [];
  const kinds: Stack[] = [];
  if (sum(expected.blocks) > 0) {
    blocks.push({ name: t('Expected'), parts: byBlock(expected.blocks, fixed) });
    kinds.push({ named: true, name: t('Expected'), parts: byKind(expected.kinds, fixed) });
  }
  if (derived && derived.blocks.length > 0) {
    const predicted = derived.blocks.map(({ block, predictedMs }) => ({ name: block, ms: predictedMs }));
    const measured = derived.blocks.map(({ block, measuredMs }) => ({ name: block, ms: measuredMs ?? 0 }));
    const traced = derivedKinds(derived);
    const predictedMs = derived.predictedMs ?? 0;
    const measuredMs = derived.measuredMs ?? 0;
    blocks.push({ name: t('Derived, predicted'), parts: byBlock(predicted, predictedMs - sum(predicted)) });
    if (sum(measured) > 0) {
      blocks.push({ name: t('Derived, measured'), parts: byBlock(measured, measuredMs - sum(measured)) });
    }
    if (traced.length > 0) {
      kinds.push({ named: true, name: t('Derived, measured'), parts: byKind(traced, measuredMs - sum(traced)) });
    }
  }

  return (
    <div class="latency-screen">
      {blocks.length === 0 && (
        <p class="muted">{t('What each operator takes is shown here once the space was profiled on its device.')}</p>
      )}
      {blocks.length > 0 && (
        <section>
          <h2>{t('By block')}</h2>
          <StackedBars
            label={t('Latency by block')}
            stacks={blocks}
            keys={blockKeys(space.blocks.map(({ name }) => name))}
            targetMs={space.targetMs}
          />
        </section>
      )}
      {kinds.length > 0 && (
        <section>
          <h2>{t('By kind of operator')}</h2>
          <StackedBars label={t('Latency by kind of operator')} stacks={kinds} targetMs={space.targetMs} />
        </section>
      )}
      <div class="halves">
        <BlockTable run={run} />
        <TableCheck points={run.tableCheck.value} device={run.device.value} />
      </div>
    </div>
  );
}

function sum(parts: readonly { ms: number }[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}
