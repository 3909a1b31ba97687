import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { entriesOf } from '../../../src/protocol/budgetNames.ts';
import type { DerivedView } from '../../../src/protocol/viewer.ts';
import type { CurveName } from '../../../src/protocol/viewerNames.ts';
import { smooth } from '../../charts/smooth.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import type { Colour } from '../../charts/theme.ts';
import { costText } from '../../state/costs.ts';
import { formatFixed, formatMs, formatShare } from '../../state/format.ts';
import { undecidedShare } from '../../state/network.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { curves, replayStep } from '../../state/viewer.ts';

/** The figures a search is judged by, each with its course so far, the most telling first. */
export function Figures({ run }: { run: RunState }) {
  const { expectedMs, budgets = {}, validationAccuracy, trainAccuracy, entropy, lambda, loss } = run.shown.value;
  const space = run.space.value;
  const derived = run.derived.value;
  return (
    <div class="figures">
      {derived && <Result derived={derived} />}
      {space.targetMs !== undefined && (
        <Figure
          name={t('Expected latency')}
          value={expectedMs === null ? t('not yet') : formatMs(expectedMs)}
          more={againstTarget(expectedMs, space.targetMs)}
        >
          <Course of="expectedMs" colour="latency" mark={space.targetMs} />
        </Figure>
      )}
      {entriesOf(budgets).map(([name, { expected }]) => (
        <Figure
          key={name}
          name={t('Expected size')}
          value={costText(name, expected)}
          more={t('at most {0}', costText(name, space.budget?.[name] ?? 0))}
        />
      ))}
      <Figure
        name={t('Validation accuracy')}
        value={validationAccuracy === null ? t('not yet') : formatShare(validationAccuracy)}
        more={trainAccuracy === null ? '' : t('training {0}', formatShare(trainAccuracy))}
      >
        <Course of="validationAccuracy" colour="accuracy" />
      </Figure>
      <Figure
        name={t('Undecided')}
        value={formatShare(undecidedShare(space, entropy), 0)}
        more={t('entropy {0} nats', formatFixed(entropy, 2))}
      >
        <Course of="entropy" colour="choice" />
      </Figure>
      <Figure
        name={t('Training loss')}
        value={loss === null ? t('not yet') : formatFixed(loss, 3)}
        more={`\u03bb ${formatFixed(lambda, 3)}`}
      >
        <Course of="loss" colour="loss" />
      </Figure>
    </div>
  );
}

/** What was found: how accurate it is, once that is tested, and how fast, where a latency is asked for. */
function Result({ derived: { testAccuracy, predictedMs, measuredMs } }: { derived: DerivedView }) {
  const ms = measuredMs ?? predictedMs;
  const latency = ms === null ? '' : formatMs(ms);
  const name = t('Derived network');
  if (testAccuracy === null) {
    const source = measuredMs === null ? t('predicted') : t('measured');
    return <Figure result name={name} value={latency || t('not tested yet')} more={latency && source} />;
  }
  const source = measuredMs === null ? t('tested, {0} predicted', latency) : t('tested, at {0}', latency);
  return <Figure result name={name} value={formatShare(testAccuracy, 2)} more={latency ? source : t('tested')} />;
}

/** How far a latency is from the target, in whole per cent of it. */
function againstTarget(ms: number | null, targetMs: number): string {
  const over = ms === null ? 0 : Math.round((ms / targetMs - 1) * 100);
  const target = formatMs(targetMs);
  if (ms === null) return t('target {0}', target);
  if (over === 0) return t('at the target of {0}', target);
  return over > 0 ? t('{0} % over {1}', over, target) : t('{0} % under {1}', -over, target);
}

interface FigureProps {
  name: string;
  value: string;
  more: string;
  /** What the whole search was for. */
  result?: boolean;
  children?: ComponentChildren;
}

function Figure({ name, value, more, result, children }: FigureProps) {
  return (
    <div class={result ? 'figure result' : 'figure'}>
      <h2 title={name}>{name}</h2>
      <strong>{value}</strong>
      {children}
      <p class="muted" title={more}>
        {more}
      </p>
    </div>
  );
}

function Course({ of, colour, mark }: { of: CurveName; colour: Colour; mark?: number }) {
  const series = curves.value?.series[of];
  const values = useMemo(() => (series && of === 'loss' ? smooth(series.values) : series?.values), [series]);
  if (!series || !values) return <div class="sparkline" />;
  return <Sparkline steps={series.steps} values={values} colour={colour} mark={mark} at={replayStep.value} />;
}
