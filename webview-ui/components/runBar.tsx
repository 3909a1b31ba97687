import { post } from '../messaging/host.ts';
import { formatDuration, formatEnergy, formatInteger, formatMemory, formatTime } from '../state/format.ts';
import type { RunState } from '../state/run.ts';
import { t } from '../state/text.ts';
import { type ActionButton, actionsOf, everywhere } from './actions.ts';
import { Goal } from './goal.tsx';
import { Icon } from './icon.tsx';
import { phases } from './phases.ts';

/** What is looked for, where the run stands, what it takes, and what can be done with it now. */
export function RunBar({ run }: { run: RunState }) {
  const { word, tone } = phases[run.vitals.value.phase];
  return (
    <header class="run-bar">
      <div class="run-bar-line">
        <span class={`phase ${tone}`}>{word}</span>
        <h1>{run.name}</h1>
        <span class="muted">
          {[formatTime(run.startedAt.value), t('seed {0}', run.seed.value)].filter(Boolean).join(', ')}
        </span>
        <div class="actions" role="toolbar" aria-label={t('Run')}>
          {actionsOf(run).map((button, i) => (
            <Action key={button.action} button={button} primary={i === 0} />
          ))}
          {everywhere.map(button => (
            <Action key={button.action} button={button} iconOnly />
          ))}
        </div>
      </div>
      <Goal run={run} />
      <Progress run={run} />
      <Facts run={run} />
      <output class="hidden" aria-live="polite">{`${run.name.value}: ${word}`}</output>
    </header>
  );
}

/** A button for one action of the host. */
export function Action({ button, primary, iconOnly }: { button: ActionButton; primary?: boolean; iconOnly?: boolean }) {
  const { action, label, icon } = button;
  return (
    <button
      type="button"
      class={primary ? 'primary' : iconOnly ? 'quiet' : ''}
      title={label}
      onClick={() => post({ type: 'action', action })}
    >
      <Icon name={icon} />
      <span class={iconOnly ? 'hidden' : ''}>{label}</span>
    </button>
  );
}

function Progress({ run }: { run: RunState }) {
  const { fraction, phase } = run.vitals.value;
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div
      class={`progress ${phases[phase].tone}`}
      role="progressbar"
      aria-label={t('Progress of the run')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

function Facts({ run }: { run: RunState }) {
  const { etaSeconds, imagesPerSecond, memoryMb, energy, text } = run.vitals.value;
  const { step, steps, epoch, warmup } = run.live.value;
  const nth = warmup ? t('epoch {0}, warm-up', epoch + 1) : t('epoch {0}', epoch + 1);
  return (
    <dl class="facts">
      {steps > 0 && <Fact name={t('Step')} value={`${formatInteger(step)} / ${formatInteger(steps)}`} more={nth} />}
      {etaSeconds !== null && <Fact name={t('Left')} value={formatDuration(etaSeconds)} />}
      {imagesPerSecond !== null && <Fact name={t('Speed')} value={t('{0} images/s', formatInteger(imagesPerSecond))} />}
      {memoryMb !== null && <Fact name={t('Memory')} value={formatMemory(memoryMb)} />}
      {energy && (
        <Fact
          name={t('Energy')}
          value={formatEnergy(energy.joules)}
          more={energy.estimated ? t('estimated') : t('measured')}
        />
      )}
      {text !== '' && <Fact name={t('Now')} value={text} />}
    </dl>
  );
}

function Fact({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {more && <span class="muted"> {more}</span>}
      </dd>
    </div>
  );
}
