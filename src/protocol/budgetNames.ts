/** What is counted of a network rather than measured; apart from the schemas: the viewer's page does without zod. */

const budgetNames = ['macs', 'params', 'peakActivationBytes'] as const;

export type BudgetName = (typeof budgetNames)[number];

/** A figure with its unit, as people say it: `2.28 M MACs`. */
export function costText(name: BudgetName, value: number): string {
  switch (name) {
    case 'macs':
      return `${amount(value)} MACs`;
    case 'params':
      return `${amount(value)} parameters`;
    case 'peakActivationBytes':
      return `${(value / 1024).toFixed(1)} KiB of maps`;
  }
}

/** `2.28 M`, `41.6 k`, `980` */
function amount(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(1)} k` : String(Math.round(count));
}

/** Every budget that is set with its name, always in the same order. */
export function entriesOf<Value>(budgets: { readonly [Name in BudgetName]?: Value }): [BudgetName, Value][] {
  return budgetNames.flatMap((name): [BudgetName, Value][] => {
    const value = budgets[name];
    return value === undefined ? [] : [[name, value]];
  });
}
