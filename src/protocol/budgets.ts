import { z } from 'zod';

/** What is counted of a network rather than measured, by name: limits, or what a network takes. */
export const budgetsSchema = z
  .object({
    /** Multiply-adds of one image. */
    macs: z.number(),
    /** Learned numbers. */
    params: z.number(),
    /** Most bytes of maps at one time. */
    peakActivationBytes: z.number(),
  })
  .partial();

export type Budgets = z.infer<typeof budgetsSchema>;
export type BudgetName = keyof Budgets;

/** By budget that is set: what is expected under the probabilities, and the multiplier of its constraint. */
export const budgetStatesSchema = z.object({ macs: state(), params: state(), peakActivationBytes: state() }).partial();

export type BudgetStates = z.infer<typeof budgetStatesSchema>;

function state() {
  return z.object({ expected: z.number(), lambda: z.number() });
}

/** A figure with its unit, as people say it: `2.28 M MACs`. */
export function costText(name: BudgetName, value: number): string {
  switch (name) {
    case 'macs':
      return `${(value / 1e6).toFixed(2)} M MACs`;
    case 'params':
      return `${(value / 1e3).toFixed(1)} k parameters`;
    case 'peakActivationBytes':
      return `${(value / 1024).toFixed(1)} KiB of maps`;
  }
}

/** Every budget that is set with its name, in the order of the schema. */
export function entriesOf<Value>(budgets: { readonly [Name in BudgetName]?: Value }): [BudgetName, Value][] {
  return budgetNames.flatMap((name): [BudgetName, Value][] => {
    const value = budgets[name];
    return value === undefined ? [] : [[name, value]];
  });
}

const budgetNames = Object.keys(budgetsSchema.shape) as BudgetName[];
