import { type BudgetName, entriesOf } from '../../src/protocol/budgetNames.ts';
import type { SpaceView } from '../../src/protocol/spaceView.ts';
import { formatCount, formatEnergy, formatFixed, formatMs } from './format.ts';
import { locale, t } from './text.ts';

const list = new Intl.ListFormat(locale, { type: 'conjunction' });

/** What is counted of a network, with its unit: `2.28 M MACs`. */
export function costText(name: BudgetName, value: number): string {
  switch (name) {
    case 'macs':
      return t('{0} MACs', formatCount(value));
    case 'params':
      return t('{0} parameters', formatCount(value));
    case 'peakActivationBytes':
      return t('{0} KiB of maps', formatFixed(value / 1024, 1));
    case 'energyMicrojoules':
      return t('{0} (estimated)', formatEnergy(value / 1e6));
  }
}

/** All that a network of a space has to keep to: `0.06 ms and 1.50 M MACs`; empty where nothing is known of it. */
export function limitsText({ targetMs, budget = {} }: Pick<SpaceView, 'targetMs' | 'budget'>): string {
  const latencies = targetMs === undefined ? [] : [formatMs(targetMs)];
  return list.format([...latencies, ...entriesOf(budget).map(([name, most]) => costText(name, most))]);
}
