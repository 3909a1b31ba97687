import type { ParetoPoint } from '../../../src/protocol/viewer.ts';
import { placeLabels } from '../../charts/labels.ts';
import { Marker } from '../../charts/markers.tsx';
import { logTicks, ticks, tickTexts } from '../../charts/ticks.ts';
import { useSize } from '../../charts/useSize.ts';
import { formatMs, formatShare } from '../../state/format.ts';
import { t } from '../../state/text.ts';
import { frontier } from './frontier.ts';
import { latencyScale } from './scale.ts';

const HEIGHT = 380;
const MARGIN = { left: 56, right: 16, top: 14, bottom: 36 };
const LABEL_HEIGHT = 15;

/** Room that the target's name takes beside its line. */
const TARGET_WIDTH = 110;
/** Of a label's text at its size; a little more than the letters need. */
const LETTER_WIDTH = 6.3;

/** The scatter plot, with the measured networks' frontier and the target as lines. */
export function ParetoChart({ points, targetMs }: { points: readonly ParetoPoint[]; targetMs: number }) {
  const { ref, width } = useSize<HTMLDivElement>();
  return (
    <div class="pareto-chart" ref={ref}>
      {width > 0 && <Plot points={points} targetMs={targetMs} width={width} />}
    </div>
  );
}

function Plot({ points, targetMs, width }: { points: readonly ParetoPoint[]; targetMs: number; width: number }) {
  const accuracies = points.map(({ accuracy }) => accuracy);
  const air = Math.max(0.004, (Math.max(...accuracies) - Math.min(...accuracies)) * 0.12);
  const [low, high] = [Math.max(0, Math.min(...accuracies) - air), Math.min(1, Math.max(...accuracies) + air)];
  const scale = latencyScale([...points.map(({ latencyMs }) => latencyMs), targetMs]);
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (ms: number) => MARGIN.left + (right - MARGIN.left) * scale.share(ms);
  const targetAtEdge = right - x(targetMs) < TARGET_WIDTH;
  const y = (accuracy: number) => bottom - ((bottom - MARGIN.top) * (accuracy - low)) / (high - low);

  const named = points.filter(({ kind }) => kind !== 'sample').toSorted((a, b) => rank(a) - rank(b));
  const samples = points.filter(({ kind }) => kind === 'sample');
  const at = ({ accuracy, latencyMs }: ParetoPoint) => ({ x: x(latencyMs), y: y(accuracy) });
  const labels = placeLabels(
    named.map(point => ({ ...at(point), width: point.name.length * LETTER_WIDTH, height: LABEL_HEIGHT })),
    samples.map(at),
    { left: MARGIN.left, right, top: MARGIN.top, bottom },
  );
  const line = frontier(points.filter(({ measured }) => measured)).map(at);
  const marks = scale.logarithmic ? logTicks(scale.low, scale.high) : ticks(scale.low, scale.high, 7);
  const texts = scale.logarithmic ? marks.map(String) : tickTexts(marks);
  const levels = ticks(low * 100, high * 100, 6);
  const levelTexts = tickTexts(levels);

  return (
    <svg
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={t('Accuracy against latency; the table below has the figures')}
    >
      {levels.map((level, i) => (
        <g key={level} class="axis">
          <path class="grid" d={`M${MARGIN.left} ${y(level / 100)}H${right}`} />
          <text x={MARGIN.left - 8} y={y(level / 100) + 4} text-anchor="end">
            {levelTexts[i]} %
          </text>
        </g>
      ))}
      {marks.map((mark, i) => (
        <g key={mark} class="axis">
          <path class="grid" d={`M${x(mark)} ${MARGIN.top}V${bottom}`} />
          <text x={x(mark)} y={bottom + 16} text-anchor="middle">
            {texts[i]}
          </text>
        </g>
      ))}
      <text class="axis-name" x={right} y={HEIGHT - 4} text-anchor="end">
        {scale.logarithmic ? t('latency, ms (logarithmic)') : t('latency, ms')}
      </text>
      <path class="target-line" d={`M${x(targetMs)} ${MARGIN.top}V${bottom}`} />
      <text
        class="target-name"
        x={x(targetMs) + (targetAtEdge ? -5 : 5)}
        y={bottom - 6}
        text-anchor={targetAtEdge ? 'end' : 'start'}
      >
        {t('target {0}', formatMs(targetMs))}
      </text>
      {line.length > 1 && <path class="frontier" d={`M${line.map(({ x, y }) => `${x} ${y}`).join('L')}`} />}
      {[...samples, ...named.toReversed()].map((point, i) => (
        <g key={`${i} ${point.name}`}>
          <title>{`${point.name}: ${formatShare(point.accuracy, 2)}, ${formatMs(point.latencyMs)}`}</title>
          <Marker kind={point.kind} measured={point.measured} {...at(point)} />
        </g>
      ))}
      {named.map((point, i) => {
        const label = labels[i];
        return (
          label && (
            <text key={`${point.kind} ${point.name}`} class={`label ${point.kind}`} x={label.x} y={label.y + 4}>
              {point.name}
            </text>
          )
        );
      })}
    </svg>
  );
}

/** Who chooses a place for its label first. */
function rank({ kind }: ParetoPoint): number {
  return ['derived', 'baseline', 'earlier', 'zoo', 'sample'].indexOf(kind);
}
