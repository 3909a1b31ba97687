import { z } from 'zod';

/** A device that a search space may name, and whether it can be measured from here. */
export const deviceSchema = z.object({
  /** As it is written in a search space. */
  device: z.string(),
  /** What it is; null where it cannot be measured. */
  description: z.string().nullable(),
  /** Why it cannot be measured, and what to do; null where it can. */
  reason: z.string().nullable(),
});

const pair = z.object({ fp32: z.number(), int8: z.number() });

/** What a network gains and loses in 8 bits. */
export const quantisedSchema = z.object({
  /** Training images that the ranges of its maps were taken from. */
  calibrationImages: z.int(),
  testAccuracy: pair,
  /** Measured in the same rounds. */
  latencyMs: pair,
  bytes: pair,
  device: z.string(),
});

export type DeviceRow = z.infer<typeof deviceSchema>;
export type Quantised = z.infer<typeof quantisedSchema>;
