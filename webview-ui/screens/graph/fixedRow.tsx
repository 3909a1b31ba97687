import { formatShape, formatShare } from '../../state/format.ts';
import { latencyText, type PlacedBlock } from '../../state/network.ts';

/** A block without a choice, in one line. */
export function FixedRow({ block, target }: { block: PlacedBlock; target: number | undefined }) {
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
        <span>{latencyText({ targetMs: target }, latencyMs)}</span>
        <span class="muted">{latencyMs === null || !target ? '' : formatShare(latencyMs / target, 0)}</span>
      </div>
    </div>
  );
}
