import { formatMs, formatShape, formatShare } from '../../state/format.ts';
import type { PlacedBlock } from '../../state/network.ts';
import { t } from '../../state/text.ts';

/** A block without a choice, in one line. */
export function FixedRow({ block, total }: { block: PlacedBlock; total: number }) {
  const { view } = block;
  const [{ name, latencyMs }] = view.candidates;
  return (
    <div class="row fixed">
      <div class="row-name">
        <strong>{view.name}</strong>
      </div>
      <div class="row-middle">
        <span class="fixed-node">
          {name} <small>{formatShape(view.output)}</small>
        </span>
      </div>
      <div class="row-side">
        <span>{latencyMs === null ? t('not profiled') : formatMs(latencyMs)}</span>
        <span class="muted">{latencyMs === null ? '' : formatShare(latencyMs / total, 0)}</span>
      </div>
    </div>
  );
}
