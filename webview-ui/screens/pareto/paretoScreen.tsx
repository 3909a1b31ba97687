import type { ParetoPoint } from '../../../src/protocol/viewer.ts';
import { Marker } from '../../charts/markers.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatMs, formatShare } from '../../state/format.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { frontier } from './frontier.ts';
import { ParetoChart } from './paretoChart.tsx';

const kindNames: Record<ParetoPoint['kind'], string> = {
  sample: t('sampled in this run'),
  derived: t('derived in this run'),
  baseline: t('baseline'),
  earlier: t('earlier run'),
  zoo: t('zoo'),
};

/** Accuracy against latency: what this run found, beside what it is to be compared with. */
export function ParetoScreen({ run }: { run: RunState }) {
  const points = run.pareto.value;
  const { targetMs } = run.space.value;
  if (targetMs === undefined) {
    return (
      <p class="muted empty-screen">
        {t('No latency was asked for in this run: its report compares networks by accuracy and size.')}
      </p>
    );
  }
  if (points.length === 0) {
    return (
      <p class="muted empty-screen">
        {t(
          'Networks appear here as they are evaluated: the most probable one after each epoch, then the derived one and the baselines.',
        )}
      </p>
    );
  }
  const best = new Set(frontier(points.filter(({ measured }) => measured)));
  const kinds = [...new Set(points.map(({ kind }) => kind))];
  return (
    <div class="pareto">
      <p class="kinds">
        {kinds.map(kind => (
          <span key={kind} class="kind">
            <svg width={18} height={18} aria-hidden="true">
              <Marker kind={kind} x={9} y={9} measured={kind !== 'sample'} />
            </svg>
            {kindNames[kind]}
          </span>
        ))}
        <span class="muted">{t('Hollow: latency predicted, or accuracy of the supernet.')}</span>
      </p>
      <ParetoChart points={points} targetMs={targetMs} />
      <table class="figures-table">
        <thead>
          <tr>
            <th>{t('Network')}</th>
            <th>{t('Kind')}</th>
            <th class="number">{t('Accuracy')}</th>
            <th class="number">{t('Latency')}</th>
            <th>{t('Frontier')}</th>
          </tr>
        </thead>
        <tbody>
          {points
            .filter(({ kind }) => kind !== 'sample')
            .toSorted((a, b) => b.accuracy - a.accuracy)
            .map(point => (
              <tr key={`${point.kind} ${point.name}`} class={point.kind === 'derived' ? 'current' : ''}>
                <th scope="row">{point.name}</th>
                <td>{kindNames[point.kind]}</td>
                <td class="number">{formatShare(point.accuracy, 2)}</td>
                <td class="number">
                  {formatMs(point.latencyMs)}
                  {point.measured ? '' : ` ${t('(predicted)')}`}
                </td>
                <td>{best.has(point) && <Frontier />}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function Frontier() {
  return (
    <span title={t('No other measured network is both more accurate and faster')}>
      <Icon name="check" />
      <span class="hidden">{t('yes')}</span>
    </span>
  );
}
