import { useMemo } from 'preact/hooks';
import { Curve } from '../../charts/curve.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatInteger, formatMs } from '../../state/format.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { compared, comparedCurves, curves, page, replayStep, setPage } from '../../state/viewer.ts';
import { charts, seriesOf } from './charts.ts';
import { zoomIn } from './zoom.ts';

/** The course of the run over its steps, and that of the run it is compared with. */
export function CurvesScreen({ run }: { run: RunState }) {
  const drawn = curves.value;
  const other = compared.value && comparedCurves.value;
  const { zoom } = page.value;
  const lines = useMemo(() => charts.map(chart => (drawn ? seriesOf(chart, drawn, other) : [])), [drawn, other]);
  if (!drawn || lines.every(series => series.length === 0))
    return <p class="muted empty-screen">{t('The curves begin with the first steps of the search.')}</p>;
  const range = zoom ?? { from: 0, to: Math.max(1, drawn.to, other?.to ?? 0) };
  const targetMs = run.space.value.targetMs;
  return (
    <>
      <div class="curves-bar">
        <span class="muted">
          {t(
            'Steps {0} to {1}. Drag over a chart to zoom in; double click to see all.',
            formatInteger(range.from),
            formatInteger(range.to),
          )}
          {compared.value && ` ${t('Dotted: {0}.', compared.value.id.value)}`}
        </span>
        <button type="button" onClick={() => setPage({ zoom: zoomIn(range, replayStep.value) })}>
          <Icon name="zoomIn" />
          {t('Zoom in')}
        </button>
        {zoom && (
          <button type="button" onClick={() => setPage({ zoom: null })}>
            <Icon name="close" />
            {t('All steps')}
          </button>
        )}
      </div>
      <div class="curves">
        {charts.map(({ title, format, target }, i) => {
          const series = lines[i];
          if (series.length === 0) return null;
          return (
            <Curve
              key={title}
              title={
                target && targetMs !== undefined ? t('{0} (dashed: target {1})', title, formatMs(targetMs)) : title
              }
              series={series}
              format={format}
              mark={target ? targetMs : undefined}
              at={replayStep.value}
              range={range}
              onZoom={next => setPage({ zoom: next })}
            />
          );
        })}
      </div>
    </>
  );
}
