import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { costText, entriesOf } from '../../../src/protocol/budgetNames.ts';
import type { DerivedView } from '../../../src/protocol/viewer.ts';
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
  const { expectedMs, budgets = {}, validationAccuracy, trainAccuracy, entropy, lambda, loss } = run.shown.value;
  const space = run.space.value;
  const derived = run.derived.value;
  return (
    <div class="figures">
      {space.targetMs !== undefined && <ExpectedLatency ms={expectedMs} targetMs={space.targetMs} />}
      {entriesOf(budgets).map(([name, { expected }]) => (
        <Figure
          key={name}
          name="Expected size"
          value={costText(name, expected)}
          more={`at most ${costText(name, space.budget?.[name] ?? 0)}`}
        />
      ))}
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
          value={derived.testAccuracy === null ? 'not tested yet' : formatShare(derived.testAccuracy, 2)}
          more={latencyText(derived)}
        />
      )}
    </div>
  );
}

function ExpectedLatency({ ms, targetMs }: { ms: number | null; targetMs: number }) {
  const target = formatMs(targetMs);
  return (
    <Figure
      name="Expected latency"
      value={ms === null ? 'not yet' : formatMs(ms)}
      more={ms === null ? `target ${target}` : `${formatSigned((ms / targetMs - 1) * 100, 0)} % of ${target}`}
    >
      <Course of="expectedMs" colour="latency" mark={targetMs} />
    </Figure>
  );
}

/** `0.054 ms measured`; nothing where no latency is asked for. */
function latencyText({ measuredMs, predictedMs }: DerivedView): string {
  if (measuredMs !== null) return `${formatMs(measuredMs)} measured`;
  return predictedMs === null ? '' : `${formatMs(predictedMs)} predicted, not measured`;
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
