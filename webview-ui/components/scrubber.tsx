import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatInteger } from '../state/format.ts';
import type { RunState } from '../state/run.ts';
import { t } from '../state/text.ts';
import { goToStep, replayStep } from '../state/viewer.ts';
import { Icon } from './icon.tsx';

/** A replay of the whole run takes about so long, at so many pictures a second. */
const REPLAY_SECONDS = 12;
const REPLAY_RATE = 15;

/** Goes through the run's steps, by hand or by itself; every screen shows the step it stands at. */
export function Scrubber({ run }: { run: RunState }) {
  const playing = useSignal(false);
  const last = run.live.value.step;
  const at = replayStep.value ?? last;

  useEffect(() => {
    if (!playing.value) return;
    const timer = setInterval(() => {
      const end = run.live.peek().step;
      const next = (replayStep.peek() ?? 0) + Math.max(1, Math.round(end / (REPLAY_SECONDS * REPLAY_RATE)));
      goToStep(next >= end ? null : next);
      if (next >= end) playing.value = false;
    }, 1000 / REPLAY_RATE);
    return () => clearInterval(timer);
  }, [playing.value]);

  const play = () => {
    if (!playing.value && replayStep.value === null) goToStep(0);
    playing.value = !playing.value;
  };
  const toPresent = () => {
    playing.value = false;
    goToStep(null);
  };

  if (last === 0) return null;
  return (
    <footer class={replayStep.value === null ? 'scrubber' : 'scrubber past'}>
      <button
        type="button"
        class="quiet"
        aria-label={playing.value ? t('Pause the replay') : t('Replay')}
        onClick={play}
      >
        <Icon name={playing.value ? 'pause' : 'start'} />
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(1, last)}
        step={Math.max(1, Math.round(last / 400))}
        value={at}
        aria-label={t('Step that is shown')}
        aria-valuetext={t('step {0} of {1}', formatInteger(at), formatInteger(last))}
        onInput={({ currentTarget }) => {
          playing.value = false;
          const step = Number(currentTarget.value);
          goToStep(step >= last ? null : step);
        }}
      />
      <span class="scrubber-step">{t('step {0} of {1}', formatInteger(at), formatInteger(last))}</span>
      <button type="button" disabled={replayStep.value === null} onClick={toPresent}>
        <Icon name="history" />
        {t('Present')}
      </button>
    </footer>
  );
}
