import { ticks, tickTexts } from '../../charts/ticks.ts';
import { formatMs, formatShare } from '../../state/format.ts';
import { t } from '../../state/text.ts';
import { tableError } from './tableError.ts';

interface Props {
  points: readonly { predictedMs: number; measuredMs: number }[];
  device: string;
}

const SIZE = 320;
const LEFT = 52;
const BOTTOM = 34;
/** Half of the last tick's text. */
const RIGHT = 18;

/** Held-out networks: what the latency table predicted for them against what they took. */
export function TableCheck({ points, device }: Props) {
  if (points.length === 0) {
    return (
      <section>
        <h2>{t('Latency table')}</h2>
        <p class="muted">
          {t('The table is checked on whole networks when it is made; this run has not recorded them.')}
        </p>
      </section>
    );
  }
  const all = points.flatMap(({ predictedMs, measuredMs }) => [predictedMs, measuredMs]);
  const air = (Math.max(...all) - Math.min(...all)) * 0.08 || 1e-6;
  const [low, high] = [Math.max(0, Math.min(...all) - air), Math.max(...all) + air];
  const x = (ms: number) => LEFT + ((SIZE - LEFT - RIGHT) * (ms - low)) / (high - low);
  const y = (ms: number) => SIZE - BOTTOM - ((SIZE - BOTTOM - 8) * (ms - low)) / (high - low);
  const marks = ticks(low, high, 6);
  const texts = tickTexts(marks);
  const { within5, within10, error } = tableError(points);
  return (
    <section>
      <h2>{t('Latency table')}</h2>
      <p>
        {t(
          'Of {0} held-out networks {1} are predicted within 5 %, {2} within 10 %; error {3}. Measured on {4}.',
          points.length,
          formatShare(within5, 0),
          formatShare(within10, 0),
          formatShare(error),
          device,
        )}
      </p>
      <svg
        class="scatter"
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        role="img"
        aria-label={t(
          'Predicted against measured latency of {0} networks, {1} to {2}',
          points.length,
          formatMs(low),
          formatMs(high),
        )}
      >
        <path
          class="band"
          d={`M${x(low)} ${y(low * 1.05)}L${x(high / 1.05)} ${y(high)}L${x(high)} ${y(high)}L${x(high)} ${y(high * 0.95)}L${x(low / 0.95)} ${y(low)}L${x(low)} ${y(low)}z`}
        />
        <path class="diagonal" d={`M${x(low)} ${y(low)}L${x(high)} ${y(high)}`} />
        {marks.map((mark, i) => (
          <g key={mark} class="axis">
            <path d={`M${x(mark)} ${y(low)}v4M${x(low)} ${y(mark)}h-4`} />
            <text x={x(mark)} y={y(low) + 15} text-anchor="middle">
              {texts[i]}
            </text>
            <text x={x(low) - 7} y={y(mark) + 3} text-anchor="end">
              {texts[i]}
            </text>
          </g>
        ))}
        <path class="frame" d={`M${x(low)} ${y(high)}V${y(low)}H${x(high)}`} />
        {points.map((point, i) => (
          <circle key={`${i} ${point.predictedMs}`} cx={x(point.measuredMs)} cy={y(point.predictedMs)} r={3} />
        ))}
        <text class="axis-name" x={x(high)} y={SIZE - 3} text-anchor="end">
          {t('measured, ms')}
        </text>
        <text class="axis-name" x={x(low) + 6} y={y(high) + 10}>
          {t('predicted, ms (band: 5 %)')}
        </text>
      </svg>
    </section>
  );
}
