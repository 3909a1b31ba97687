/** What the networks of a space cost in one respect, such as time or multiply-adds: a figure for every block and candidate. */
export interface Cost {
  /** How the figures of a network's blocks come together: most costs add up, of memory the dearest block counts. */
  combine: 'sum' | 'max';
  /** What every network costs besides: added to a sum, the least a maximum can be. */
  constant: number;
  /** `[block][candidate]`, fixed blocks included with their one candidate. */
  values: readonly (readonly number[])[];
}

/** A cost that a network may not exceed. */
export interface Limit {
  cost: Cost;
  most: number;
}

/** What one network costs. @param choices candidate per block of the space */
export function networkCost(cost: Cost, choices: ArrayLike<number>): number {
  return together(
    cost,
    cost.values.map((block, l) => block[choices[l]]),
  );
}

/** What the cheapest and the dearest network cost. */
export function costRange(cost: Cost): { min: number; max: number } {
  return {
    min: together(
      cost,
      cost.values.map(block => Math.min(...block)),
    ),
    max: together(
      cost,
      cost.values.map(block => Math.max(...block)),
    ),
  };
}

/** Whether a network keeps all limits. */
export function keeps(limits: readonly Limit[], choices: ArrayLike<number>): boolean {
  return limits.every(({ cost, most }) => networkCost(cost, choices) <= most);
}

function together({ combine, constant }: Cost, values: readonly number[]): number {
  return combine === 'sum' ? values.reduce((sum, value) => sum + value, constant) : Math.max(constant, ...values);
}
