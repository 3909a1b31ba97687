import type { SpaceView } from '../../../src/protocol/spaceView.ts';
import type { DerivedView } from '../../../src/protocol/viewer.ts';
import { formatCount, formatMs, formatShape, formatShare, formatSigned } from '../../state/format.ts';
import { groupBlocks, placeBlocks } from '../../state/network.ts';

/** The derived network from input to output: what each block became, its latency as predicted and as measured, its layers. */
export function DerivedChain({ space, derived }: { space: SpaceView; derived: DerivedView }) {
  const times = new Map(derived.blocks.map(block => [block.block, block]));
  const layers = Map.groupBy(derived.layers, ({ block }) => block);
  const slowest = Math.max(...derived.blocks.flatMap(block => [block.predictedMs, block.measuredMs ?? 0]), 1e-9);
  const total = derived.blocks.reduce((sum, { predictedMs }) => sum + predictedMs, 0);
  return (
    <section class="derived-chain" aria-label="Derived network">
      <div class="derived-row head">
        <span />
        <span>Block</span>
        <span>Operator</span>
        <span>
          Latency: <span class="key predicted">predicted</span> <span class="key measured">measured</span>
        </span>
        <span>Of all</span>
      </div>
      <span class="end-node">input {formatShape(space.input)}</span>
      {groupBlocks(placeBlocks(space)).map(({ name, blocks }) => (
        <section class="derived-group" key={name} aria-label={name}>
          {blocks.map(({ view, choice }) => {
            const candidate = view.candidates[choice === null ? 0 : (derived.choices[choice] ?? 0)];
            const time = times.get(view.name);
            const own = layers.get(view.name) ?? [];
            return (
              <details key={view.name} class={candidate.zero ? 'left-out' : ''}>
                <summary class="derived-row">
                  <Spine leftOut={candidate.zero} residual={view.residual} />
                  <span class="derived-name">
                    <strong>{view.name}</strong> <small>{formatShape(view.output)}</small>
                  </span>
                  <span class="operator">
                    {candidate.zero ? 'left out' : candidate.name}
                    <small>
                      {candidate.zero
                        ? ''
                        : `${formatCount(candidate.macs)} MACs, ${formatCount(candidate.params)} parameters`}
                    </small>
                  </span>
                  <span class="pair">{time && <Pair {...time} slowest={slowest} />}</span>
                  <span class="number">{time ? formatShare(time.predictedMs / total, 0) : ''}</span>
                </summary>
                <Layers layers={own} slowest={slowest} />
              </details>
            );
          })}
        </section>
      ))}
      <span class="end-node">{space.classes || ''} classes</span>
      <WholeLatency space={space} derived={derived} />
    </section>
  );
}

function WholeLatency({ space, derived: { predictedMs, measuredMs } }: { space: SpaceView; derived: DerivedView }) {
  if (predictedMs === null) return null;
  if (measuredMs === null) {
    return (
      <p class="muted">
        Whole network: {formatMs(predictedMs)} as predicted by the table of {space.predictedBy}, not measured.
      </p>
    );
  }
  return (
    <p class="muted">
      Whole network: {formatMs(measuredMs)} measured end to end, {formatMs(predictedMs)} predicted (
      {formatSigned((predictedMs / measuredMs - 1) * 100, 1)} %). Blocks are measured in the runtime's own trace of it,
      which itself takes time.
    </p>
  );
}

/** The way through a block: its operator, and its shortcut; only the shortcut where the operator was left out. */
function Spine({ leftOut, residual }: { leftOut: boolean; residual: boolean }) {
  return (
    <svg class="spine" viewBox="0 0 36 40" preserveAspectRatio="none" aria-hidden="true">
      <path class={leftOut ? 'shortcut' : ''} d="M24 -8V48" />
      {residual && !leftOut && <path class="shortcut" d="M24 -2C0 8 0 32 24 42" />}
      {!leftOut && <circle cx={24} cy={20} r={5} />}
    </svg>
  );
}

/** Two bars on one scale, and their figures. */
export function Pair(props: { predictedMs: number; measuredMs: number | null; slowest: number }) {
  const { predictedMs, measuredMs, slowest } = props;
  return (
    <>
      <span class="bars">
        <span class="predicted" style={{ width: `${(100 * predictedMs) / slowest}%` }} />
        {measuredMs !== null && <span class="measured" style={{ width: `${(100 * measuredMs) / slowest}%` }} />}
      </span>
      <span class="number">{formatMs(predictedMs)}</span>
      <span class="number">{measuredMs === null ? 'not traced' : formatMs(measuredMs)}</span>
    </>
  );
}

function Layers({ layers, slowest }: { layers: DerivedView['layers']; slowest: number }) {
  if (layers.length === 0) return <p class="muted small">No layer of this block was traced.</p>;
  return (
    <table class="layers">
      <thead>
        <tr>
          <th>Layer</th>
          <th>Kind</th>
          <th>Output</th>
          <th>Measured</th>
          <th class="hidden">Bar</th>
        </tr>
      </thead>
      <tbody>
        {layers.map(({ name, kind, output, measuredMs }) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{kind}</td>
            <td>{output}</td>
            <td class="number">{formatMs(measuredMs)}</td>
            <td>
              <span class="bars">
                <span class="measured" style={{ width: `${(100 * measuredMs) / slowest}%` }} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
