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
    /** Of one inference; estimated. */
    energyMicrojoules: z.number(),
  })
  .partial();

export type Budgets = z.infer<typeof budgetsSchema>;

/** By budget that is set: what is expected under the probabilities, and the multiplier of its constraint. */
export const budgetStatesSchema = z
  .object({ macs: state(), params: state(), peakActivationBytes: state(), energyMicrojoules: state() })
  .partial();

export type BudgetStates = z.infer<typeof budgetStatesSchema>;

function state() {
  return z.object({ expected: z.number(), lambda: z.number() });
}
