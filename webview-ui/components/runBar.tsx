import { useComputed } from '@preact/signals';
import { post } from '../messaging/host.ts';
import { formatDuration, formatEnergy, formatInteger, formatMemory } from '../state/format.ts';
import type { RunState } from '../state/run.ts';
import { type ActionButton, actionsOf, everywhere } from './actions.ts';
import { Icon } from './icon.tsx';
import { phases } from './phases.ts';

/** Where the run stands, what it takes, on which machine, and what can be done with it now. */
export function RunBar({ run }: { run: RunState }) {
  const phase = useComputed(() => run.vitals.value.phase);
  const { word, tone } = phases[phase.value];
  return (
    <header class="run-bar">
      <div class="run-bar-line">
        <span class={`phase ${tone}`}>{word}</span>
        <h1>{run.name}</h1>
        <span class="muted">
          {run.startedAt.value.slice(0, 16).replace('T', ' ')}, seed {run.seed}
        </span>
        <Now run={run} />
        <div class="actions" role="toolbar" aria-label="Run">
          {actionsOf(phase.value).map((button, i) => (
            <Action key={button.action} button={button} primary={i === 0} />
          ))}
          {everywhere.map(button => (
            <Action key={button.action} button={button} iconOnly />
          ))}
        </div>
      </div>
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
      title={iconOnly ? label : undefined}
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
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

/** What is being done at the moment, in the engine's words. */
function Now({ run }: { run: RunState }) {
  const { text } = run.vitals.value;
  return (
    <span class="muted now" title={text}>
      {text}
    </span>
  );
}

function Facts({ run }: { run: RunState }) {
  const { etaSeconds, imagesPerSecond, memoryMb, energy } = run.vitals.value;
  const { step, steps, epoch, warmup } = run.live.value;
  return (
    <dl class="facts">
      <Fact
        name="Step"
        value={`${formatInteger(step)} / ${formatInteger(steps)}`}
        more={`epoch ${epoch + 1}${warmup ? ', warm-up' : ''}`}
      />
      {etaSeconds !== null && <Fact name="Left" value={formatDuration(etaSeconds)} />}
      {imagesPerSecond !== null && <Fact name="Speed" value={`${formatInteger(imagesPerSecond)} images/s`} />}
      {memoryMb !== null && <Fact name="Memory" value={formatMemory(memoryMb)} />}
      {energy && (
        <Fact name="Energy" value={formatEnergy(energy.joules)} more={energy.estimated ? 'estimated' : 'measured'} />
      )}
      {run.device.value && (
        <Fact name={run.space.value.predictedBy ? 'Latency by' : 'Measured on'} value={run.device.value} />
      )}
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
