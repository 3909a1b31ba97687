import type { Curves } from '../../../src/protocol/viewer.ts';
import type { CurveName } from '../../../src/protocol/viewerNames.ts';
import type { CurveSeries } from '../../charts/curve.tsx';
import { smooth } from '../../charts/smooth.ts';
import type { Colour } from '../../charts/theme.ts';
import { formatEnergy, formatFixed, formatMs, formatShare } from '../../state/format.ts';
import { t } from '../../state/text.ts';

/** A chart of the screen and the lines in it. */
export interface Chart {
  title: string;
  lines: Line[];
  format: (value: number) => string;
  /** Whether the target belongs in it. */
  target?: boolean;
}

interface Line {
  of: CurveName;
  name: string;
  colour: Colour;
  points?: boolean;
  smoothed?: boolean;
  /** Beside what says more: not drawn of a run that is compared. */
  minor?: boolean;
}

export const charts: readonly Chart[] = [
  {
    title: t('Training loss'),
    lines: [
      { of: 'loss', name: t('step by step'), colour: 'faint', minor: true },
      { of: 'loss', name: t('smoothed'), colour: 'loss', smoothed: true },
    ],
    format: value => formatFixed(value, 3),
  },
  {
    title: t('Accuracy, %'),
    lines: [
      { of: 'trainAccuracy', name: t('training'), colour: 'muted', minor: true },
      { of: 'validationAccuracy', name: t('validation'), colour: 'accuracy', points: true },
    ],
    format: value => formatShare(value / 100),
  },
  {
    title: t('Expected latency, ms'),
    lines: [{ of: 'expectedMs', name: t('expected'), colour: 'latency' }],
    format: formatMs,
    target: true,
  },
  {
    title: t('Entropy of the choices, nats'),
    lines: [{ of: 'entropy', name: t('entropy'), colour: 'choice' }],
    format: value => formatFixed(value, 3),
  },
  {
    title: t('Energy, J'),
    lines: [{ of: 'energy', name: t('energy'), colour: 'sampled' }],
    format: formatEnergy,
  },
];

/**
 * The lines of a chart that there are numbers for, shares as per cent.
 *
 * @param other the run that is compared, whose main lines are dotted
 */
export function seriesOf({ lines }: Chart, curves: Curves, other: Curves | null): CurveSeries[] {
  const own = lines.flatMap(line => seriesOfLine(line, curves));
  const main = other ? lines.filter(({ minor }) => !minor) : [];
  const compared = main.flatMap(line => seriesOfLine({ ...line, name: t('{0}, compared', line.name) }, other));
  return [...own, ...compared.map(series => ({ ...series, dotted: true }))];
}

function seriesOfLine({ of, name, colour, points, smoothed }: Line, curves: Curves | null): CurveSeries[] {
  const found = curves?.series[of];
  if (!found || found.steps.length === 0) return [];
  const values = smoothed ? smooth(found.values) : found.values;
  const share = of === 'trainAccuracy' || of === 'validationAccuracy';
  return [{ name, colour, points, steps: found.steps, values: share ? values.map(value => value * 100) : values }];
}
