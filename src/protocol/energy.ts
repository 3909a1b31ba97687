import { z } from 'zod';

/** What a run has taken so far, in all processes that worked on it. */
export const energySchema = z.object({
  joules: z.number(),
  /** Whether any of it was reckoned from processor time, for want of a counter that can be read. */
  estimated: z.boolean(),
});

export type Energy = z.infer<typeof energySchema>;
