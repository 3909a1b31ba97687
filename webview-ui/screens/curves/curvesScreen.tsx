import { useMemo } from 'preact/hooks';
import type { Curves } from '../../../src/protocol/viewer.ts';
import type { CurveName } from '../../../src/protocol/viewerNames.ts';
import { Curve, type CurveSeries } from '../../charts/curve.tsx';
import { smooth } from '../../charts/smooth.ts';
import type { Colour } from '../../charts/theme.ts';
import { Icon } from '../../components/icon.tsx';
import { formatEnergy, formatInteger, formatMs, formatShare } from '../../state/format.ts';
import type { RunState } from '../../state/run.ts';
import { curves, page, replayStep, setPage } from '../../state/viewer.ts';
import { zoomIn } from './zoom.ts';

interface Chart {
  title: string;
  lines: { of: CurveName; name: string; colour: Colour; points?: boolean; smoothed?: boolean }[];
  format: (value: number) => string;
}

const charts: Chart[] = [
  {
    title: 'Training loss',
    lines: [
      { of: 'loss', name: 'step by step', colour: 'faint' },
      { of: 'loss', name: 'smoothed', colour: 'loss', smoothed: true },
    ],
    format: value => value.toFixed(3),
  },
  {
    title: 'Accuracy, %',
    lines: [
      { of: 'trainAccuracy', name: 'training', colour: 'muted' },
      { of: 'validationAccuracy', name: 'validation', colour: 'accuracy', points: true },
    ],
    format: value => formatShare(value / 100),
  },
  {
    title: 'Expected latency, ms',
    lines: [{ of: 'expectedMs', name: 'expected', colour: 'latency' }],
    format: formatMs,
  },
  {
    title: 'Entropy of the choices, nats',
    lines: [{ of: 'entropy', name: 'entropy', colour: 'choice' }],
    format: value => value.toFixed(3),
  },
  { title: 'Energy, J', lines: [{ of: 'energy', name: 'energy', colour: 'sampled' }], format: formatEnergy },
];

/** The course of the run over its steps. */
export function CurvesScreen({ run }: { run: RunState }) {
  const drawn = curves.value;
  const { zoom } = page.value;
  const lines = useMemo(() => charts.map(chart => (drawn ? seriesOf(chart, drawn) : [])), [drawn]);
  if (!drawn) return <p class="muted empty-screen">The curves begin with the first steps of the search.</p>;
  const range = zoom ?? { from: 0, to: Math.max(1, drawn.to) };
  const targetMs = run.space.value.targetMs;
  return (
    <>
      <div class="curves-bar">
        <span class="muted">
          Steps {formatInteger(range.from)} to {formatInteger(range.to)}. Drag over a chart to zoom in; double click to
          see all.
        </span>
        <button type="button" onClick={() => setPage({ zoom: zoomIn(range, replayStep.value) })}>
          <Icon name="zoomIn" />
          Zoom in
        </button>
        {zoom && (
          <button type="button" onClick={() => setPage({ zoom: null })}>
            <Icon name="close" />
            All steps
          </button>
        )}
      </div>
      <div class="curves">
        {charts.map((chart, i) => {
          const series = lines[i];
          if (series.length === 0) return null;
          const toTarget = series[0].name === 'expected';
          return (
            <Curve
              key={chart.title}
              title={
                toTarget && targetMs !== undefined
                  ? `${chart.title} (dashed: target ${formatMs(targetMs)})`
                  : chart.title
              }
              series={series}
              format={chart.format}
              mark={toTarget ? targetMs : undefined}
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

/** The lines that there are numbers for; shares as per cent. */
function seriesOf({ lines }: Chart, { series }: Curves): CurveSeries[] {
  return lines.flatMap(({ of, smoothed, ...line }) => {
    const found = series[of];
    if (!found || found.steps.length === 0) return [];
    const values = smoothed ? smooth(found.values) : found.values;
    const share = of === 'trainAccuracy' || of === 'validationAccuracy';
    return [{ ...line, steps: found.steps, values: share ? values.map(value => value * 100) : values }];
  });
}
