import { l10n } from 'vscode';
import type { Inspection } from '../../protocol/messages.ts';
import { amount, duration, milliseconds, networkCount, percent } from './figures.ts';

/** A line of text above the definition, with more to read in its tooltip. */
export interface LensText {
  title: string;
  tooltip?: string;
}

/** How large a search space is, and how fast its networks, as far as that was measured. */
export function lensTexts({ architectures, macs, params, latencyMs, table, view }: Inspection): LensText[] {
  const texts: LensText[] = [
    {
      title: architectures === 1 ? l10n.t('1 network') : l10n.t('{0} networks', networkCount(architectures)),
      tooltip: l10n.t('{0} to {1} parameters', amount(params.min), amount(params.max)),
    },
    {
      title: l10n.t('{0} – {1} MACs', amount(macs.min), amount(macs.max)),
      tooltip: l10n.t('Multiply-adds of the smallest and the largest network, one image'),
    },
  ];
  if (latencyMs) {
    const by = view.predictedBy ?? view.device;
    const measured = l10n.t('The fastest and the slowest network, by the latency table of {0}.', by);
    const facts = [measured, ...tableFacts(table)].join(' ');
    texts.push({ title: `${milliseconds(latencyMs.min)} – ${milliseconds(latencyMs.max)}`, tooltip: facts });
  } else if (view.targetMs !== undefined && view.predictedBy === undefined) {
    texts.push({
      title: l10n.t('latency not measured'),
      tooltip: l10n.t('Profile this space to know how long its networks take on {0}.', view.device),
    });
  }
  return texts;
}

function tableFacts(table: Inspection['table']): string[] {
  if (!table) return [];
  const age = l10n.t('It was measured {0} ago.', duration(table.ageSeconds));
  if (table.within5pct === null) return [age];
  return [age, l10n.t('{0} of held-out networks were within 5 % of it.', percent(table.within5pct))];
}
