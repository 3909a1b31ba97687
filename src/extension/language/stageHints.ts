import { l10n } from 'vscode';
import type { BlockView, SpaceView } from '../../protocol/spaceView.ts';
import { expectedMs, sumExpectedMs, totalExpectedMs } from './expectedLatency.ts';
import { milliseconds, percent } from './figures.ts';

/** The share of the expected latency that a stage's blocks have while every candidate is equally likely. */
export function stageHint(
  blocks: readonly BlockView[],
  view: SpaceView,
): { text: string; tooltip: string } | undefined {
  const [stage, total] = [sumExpectedMs(blocks), totalExpectedMs(view)];
  if (stage === null || total === null || total <= 0) return undefined;
  const lines = blocks.map(block => `${block.name}: ${milliseconds(expectedMs(block) ?? 0)}`);
  const heading = l10n.t(
    '{0} of {1} expected while every candidate is equally likely, on {2}',
    milliseconds(stage),
    milliseconds(total),
    view.device,
  );
  return { text: l10n.t('{0} of latency', percent(stage / total)), tooltip: [heading, ...lines].join('\n') };
}
