import type { CandidateView, SpaceView } from '../../../src/protocol/spaceView.ts';
import type { DerivedView } from '../../../src/protocol/viewer.ts';
import { formatCount, formatEnergy, formatMs, formatShape, formatShare, formatSigned } from '../../state/format.ts';
import { groupBlocks, placeBlocks } from '../../state/network.ts';
import { t } from '../../state/text.ts';

/** The derived network from input to output: what each block became, its latency as predicted and as measured, its layers. */
export function DerivedChain({ space, derived }: { space: SpaceView; derived: DerivedView }) {
  const times = new Map(derived.blocks.map(block => [block.block, block]));
  const layers = Map.groupBy(derived.layers, ({ block }) => block);
  const slowest = Math.max(...derived.blocks.flatMap(block => [block.predictedMs, block.measuredMs ?? 0]), 1e-9);
  const total = derived.blocks.reduce((sum, { predictedMs }) => sum + predictedMs, 0);
  return (
    <section class="derived-chain" aria-label={t('Derived network')}>
      <div class="derived-row head">
        <span />
        <span>{t('Block')}</span>
        <span>{t('Operator')}</span>
        {derived.predictedMs !== null && (
          <>
            <span>
              {t('Latency')} <span class="key predicted">{t('predicted')}</span>{' '}
              <span class="key measured">{t('measured')}</span>
            </span>
            <span class="number">{t('Of all')}</span>
          </>
        )}
      </div>
      <span class="end-node">{t('input {0}', formatShape(space.input))}</span>
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
                    {candidate.zero ? t('left out') : candidate.name}
                    <small>{candidate.zero ? '' : sizeText(candidate)}</small>
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
      <span class="end-node">{t('{0} classes', space.classes || '')}</span>
      <WholeLatency derived={derived} />
      <WholeEnergy derived={derived} />
    </section>
  );
}

/** What the whole network takes; nothing where no latency is asked for. */
function WholeLatency({ derived: { predictedMs, measuredMs } }: { derived: DerivedView }) {
  if (predictedMs === null) return null;
  return (
    <p class="muted">
      {measuredMs === null
        ? t('Whole network: {0} predicted, not measured.', formatMs(predictedMs))
        : t(
            "Whole network: {0} measured end to end, {1} predicted ({2} %). Blocks are measured in the runtime's own trace of it, which itself takes time.",
            formatMs(measuredMs),
            formatMs(predictedMs),
            formatSigned((predictedMs / measuredMs - 1) * 100, 1),
          )}
    </p>
  );
}

/** What one inference takes; nothing where an old run does not say. */
function WholeEnergy({ derived: { energy } }: { derived: DerivedView }) {
  if (!energy) return null;
  const text = formatEnergy(energy.microjoules / 1e6);
  return (
    <p class="muted">
      {energy.estimated
        ? t('Energy of an inference: {0}, estimated from its multiply-adds and memory accesses.', text)
        : t('Energy of an inference: {0} measured, without what the processor takes when idle.', text)}
    </p>
  );
}

function sizeText({ macs, params, energyMicrojoules }: CandidateView): string {
  const sizes = [formatCount(macs), formatCount(params)] as const;
  return energyMicrojoules === undefined
    ? t('{0} MACs, {1} parameters', ...sizes)
    : t('{0} MACs, {1} parameters, {2} (estimated)', ...sizes, formatEnergy(energyMicrojoules / 1e6));
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
      <span class="number">{measuredMs === null ? t('not traced') : formatMs(measuredMs)}</span>
    </>
  );
}

function Layers({ layers, slowest }: { layers: DerivedView['layers']; slowest: number }) {
  if (layers.length === 0) return <p class="muted small">{t('No layer of this block was traced.')}</p>;
  return (
    <table class="layers">
      <thead>
        <tr>
          <th>{t('Layer')}</th>
          <th>{t('Kind')}</th>
          <th>{t('Output')}</th>
          <th>{t('Measured')}</th>
          <th class="hidden">{t('Bar')}</th>
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
