import { env, l10n } from 'vscode';
import type { RunState, RunSummary } from '../runs/runSummary.ts';

/** `92.0 %`. */
export function percent(share: number): string {
  return `${number(share * 100, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} %`;
}

/** Three significant digits. */
export function milliseconds(ms: number): string {
  return `${number(ms, { maximumSignificantDigits: 3 })} ms`;
}

function number(value: number, options: Intl.NumberFormatOptions): string {
  return value.toLocaleString(env.language, { useGrouping: false, ...options });
}

export function stateText(state: RunState): string {
  switch (state) {
    case 'running':
      return l10n.t('running');
    case 'done':
      return l10n.t('done');
    case 'stopped':
      return l10n.t('stopped');
    case 'interrupted':
      return l10n.t('interrupted');
  }
}

/** What a run came to, or how it stands. */
export function runDescription({ state, accuracy, latencyMs, targetMs }: RunSummary): string {
  if (accuracy !== undefined && latencyMs !== undefined) return `${percent(accuracy)}, ${milliseconds(latencyMs)}`;
  if (accuracy !== undefined) return percent(accuracy);
  return targetMs === undefined
    ? stateText(state)
    : l10n.t('{0}, target {1}', stateText(state), milliseconds(targetMs));
}

/** When a run began, as short as a list needs it. */
export function beganText(began: string, language: string): string {
  const date = new Date(began);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}
