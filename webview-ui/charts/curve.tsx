import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatInteger } from '../state/format.ts';
import { t } from '../state/text.ts';
import { type Colour, colours } from './theme.ts';
import { tickTexts } from './ticks.ts';
import { useSize } from './useSize.ts';

/** One line of a chart. */
export interface CurveSeries {
  name: string;
  colour: Colour;
  steps: Float64Array;
  values: Float64Array;
  /** Few values: each has a point. */
  points?: boolean;
  /** Of another run. */
  dotted?: boolean;
}

interface Props {
  title: string;
  series: readonly CurveSeries[];
  format: (value: number) => string;
  /** A horizontal line. */
  mark?: number;
  /** A vertical line at the step that is looked at. */
  at: number | null;
  /** Steps that are shown. */
  range: { from: number; to: number };
  /** Steps that were dragged over; null for all. */
  onZoom: (range: { from: number; to: number } | null) => void;
}

const HEIGHT = 190;

/** A chart over steps: drag to zoom, double click to see all; the cursors of all charts move together. */
export function Curve({ title, series, format, mark, at, range, onZoom }: Props) {
  const { ref, width } = useSize<HTMLDivElement>();
  const chart = useRef<uPlot | null>(null);
  const drawn = useRef({ mark, at });
  drawn.current = { mark, at };
  const theme = colours.value;
  const names = series.map(({ name }) => name).join();

  useEffect(() => {
    if (!ref.current || width === 0) return;
    const options: uPlot.Options = {
      width,
      height: HEIGHT,
      padding: [6, 12, 0, 0],
      series: [
        { label: t('step'), value: (_, step) => (step === null ? '' : formatInteger(step)) },
        ...series.map(({ name, colour, points, dotted }) => ({
          label: name,
          stroke: theme[colour],
          width: 1.5,
          dash: dotted ? [2, 3] : undefined,
          spanGaps: true,
          points: { show: points === true && !dotted, size: 5 },
          value: (_: uPlot, value: number | null) => (value === null ? '' : format(value)),
        })),
      ],
      legend: { markers: { dash: (_, i) => (series[i - 1]?.dotted ? 'dotted' : 'solid') } },
      axes: [
        { ...axis(theme, 28), values: (_, steps) => steps.map(formatInteger) },
        { ...axis(theme, 58), values: (_, values) => tickTexts(values) },
      ],
      scales: {
        x: { time: false, range: (_, from, to) => [from, to] },
        y: { range: withMark(drawn.current.mark) },
      },
      cursor: { sync: { key: 'steps' }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      hooks: {
        setSelect: [plot => takeSelection(plot, onZoom)],
        draw: [plot => drawMarks(plot, drawn.current, theme)],
      },
    };
    const plot = new uPlot(options, joined(series), ref.current);
    plot.setScale('x', { min: range.from, max: range.to });
    plot.over.addEventListener('dblclick', () => onZoom(null));
    chart.current = plot;
    return () => plot.destroy();
  }, [width, theme, names]);

  useEffect(() => {
    chart.current?.setData(joined(series), false);
    chart.current?.setScale('x', { min: range.from, max: range.to });
  }, [series, range.from, range.to, at, mark]);

  return (
    <figure class="curve">
      <figcaption>{title}</figcaption>
      <div ref={ref} />
    </figure>
  );
}

function joined(series: readonly CurveSeries[]): uPlot.AlignedData {
  if (series.length === 1) return [series[0].steps, series[0].values];
  return uPlot.join(series.map(({ steps, values }) => [steps, values]));
}

/** A drag of a few pixels is a click that slipped. */
function takeSelection(plot: uPlot, onZoom: Props['onZoom']): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') });
}

function axis(theme: Record<Colour, string>, size: number): uPlot.Axis {
  const grid = { stroke: theme.grid, width: 1 };
  const { fontFamily } = getComputedStyle(document.body);
  return { stroke: theme.muted, font: `11px ${fontFamily}`, size, gap: 4, grid, ticks: { ...grid, size: 4 } };
}

/** The values' range, and a mark's within it, with a little air. */
function withMark(mark: number | undefined): uPlot.Range.Function {
  return (_, low, high) => {
    if (low === null || high === null) return [0, 1];
    const [from, to] = [Math.min(low, mark ?? low), Math.max(high, mark ?? high)];
    const air = (to - from || Math.abs(to) || 1) * 0.06;
    return [from - air, to + air];
  };
}

function drawMarks(plot: uPlot, { mark, at }: Pick<Props, 'mark' | 'at'>, theme: Record<Colour, string>): void {
  const { ctx: context } = plot;
  const { left, top, width, height } = plot.bbox;
  context.save();
  context.lineWidth = window.devicePixelRatio;
  if (mark !== undefined) {
    const y = plot.valToPos(mark, 'y', true);
    context.strokeStyle = theme.target;
    context.setLineDash([6 * context.lineWidth, 4 * context.lineWidth]);
    stroke(context, left, y, left + width, y);
  }
  if (at !== null) {
    const x = plot.valToPos(at, 'x', true);
    context.setLineDash([]);
    context.strokeStyle = theme.fg;
    if (x >= left && x <= left + width) stroke(context, x, top, x, top + height);
  }
  context.restore();
}

function stroke(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
