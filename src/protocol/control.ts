import { z } from 'zod';

/** What a running engine can be told, each answered within one step. */

export const steeringSchema = z.object({
  /** Choice block and candidate, by number. */
  block: z.int().nonnegative(),
  candidate: z.int().nonnegative(),
  /** Only this one from now on; never again; back to a free choice (of the block's lock, or of this candidate's ban). */
  action: z.enum(['lock', 'ban', 'free']),
});

export type Steering = z.infer<typeof steeringSchema>;

export const controlSchema = z.discriminatedUnion('control', [
  z.object({ control: z.literal('pause') }),
  z.object({ control: z.literal('resume') }),
  /** Ends at the next step; what was reached is saved and can be resumed or derived from. */
  z.object({ control: z.literal('stop') }),
  z.object({ control: z.literal('steer'), ...steeringSchema.shape }),
  /** Events below this number have been handled: the engine never has more than a window of them on the way. */
  z.object({ control: z.literal('received'), events: z.int() }),
]);

export type Control = z.infer<typeof controlSchema>;
