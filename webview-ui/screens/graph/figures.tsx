import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CurveName } from '../../../src/protocol/viewerNames.ts';
import { smooth } from '../../charts/smooth.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import type { Colour } from '../../charts/theme.ts';
import { formatMs, formatShare, formatSigned } from '../../state/format.ts';
import { undecidedShare } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { curves, replayStep } from '../../state/viewer.ts';

/** The figures a search is judged by, each with its course so far. */
export function Figures({ run }: { run: RunState }) {
  const { expectedMs, validationAccuracy, trainAccuracy, entropy, lambda, loss } = run.shown.value;
  const space = run.space.value;
  const derived = run.derived.value;
  const over = expectedMs === null ? null : expectedMs / space.targetMs - 1;
  return (
    <div class="figures">
      <Figure
        name="Expected latency"
        value={expectedMs === null ? 'not yet' : formatMs(expectedMs)}
        more={
          over === null
            ? `target ${formatMs(space.targetMs)}`
            : `${formatSigned(over * 100, 0)} % of ${formatMs(space.targetMs)}`
        }
      >
        <Course of="expectedMs" colour="latency" mark={space.targetMs} />
      </Figure>
      <Figure
        name="Validation accuracy"
        value={validationAccuracy === null ? 'not yet' : formatShare(validationAccuracy)}
        more={trainAccuracy === null ? '' : `training ${formatShare(trainAccuracy)}`}
      >
        <Course of="validationAccuracy" colour="accuracy" />
      </Figure>
      <Figure
        name="Undecided"
        value={formatShare(undecidedShare(space, entropy), 0)}
        more={`entropy ${entropy.toFixed(2)} nats`}
      >
        <Course of="entropy" colour="choice" />
      </Figure>
      <Figure
        name="Training loss"
        value={loss === null ? 'not yet' : loss.toFixed(3)}
        more={`\u03bb ${lambda.toFixed(3)}`}
      >
        <Course of="loss" colour="loss" />
      </Figure>
      {derived && (
        <Figure
          name="Derived network"
          value={derived.testAccuracy === null ? formatMs(derived.measuredMs) : formatShare(derived.testAccuracy, 2)}
          more={derived.testAccuracy === null ? 'measured' : `tested, ${formatMs(derived.measuredMs)} measured`}
        />
      )}
    </div>
  );
}

interface FigureProps {
  name: string;
  value: string;
  more: string;
  children?: ComponentChildren;
}

function Figure({ name, value, more, children }: FigureProps) {
  return (
    <div class="figure">
      <div>
        <h2>{name}</h2>
        <strong>{value}</strong>
        <p class="muted">{more}</p>
      </div>
      {children}
    </div>
  );
}

function Course({ of, colour, mark }: { of: CurveName; colour: Colour; mark?: number }) {
  const series = curves.value?.series[of];
  const values = useMemo(() => (series && of === 'loss' ? smooth(series.values) : series?.values), [series]);
  if (!series || !values) return <div class="sparkline" />;
  return <Sparkline steps={series.steps} values={values} colour={colour} mark={mark} at={replayStep.value} />;
}
