/** What is counted of a network rather than measured; apart from the schemas: the viewer's page does without zod. */

const budgetNames = ['macs', 'params', 'peakActivationBytes', 'energyMicrojoules'] as const;

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
    case 'energyMicrojoules':
      return `${energyText(value)} (estimated)`;
  }
}

/** `0.853 µJ`, `41.6 µJ`, `2.28 mJ`, `12.4 kJ` */
export function energyText(microjoules: number): string {
  const units: [number, string][] = [
    [1e12, 'MJ'],
    [1e9, 'kJ'],
    [1e6, 'J'],
    [1e3, 'mJ'],
  ];
  // What rounds to a thousand is said in the next unit.
  const [size, unit] = units.find(([size]) => microjoules >= 0.9995 * size) ?? [1, 'µJ'];
  return `${(microjoules / size).toPrecision(3)} ${unit}`;
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
