import { z } from 'zod';
import { budgetsSchema } from './budgets.ts';

const inferenceEnergy = {
  /** Of one inference, estimated from what is counted of it. */
  energyMicrojoules: z.number().optional(),
  /** The same as this machine's processor counts it, above what it takes when idle; where it does and is the device. */
  measuredMicrojoules: z.number().optional(),
};

const networkSchema = z.object({
  name: z.string(),
  testAccuracy: z.number(),
  /** Measured, or by the table of another device; undefined where that has no entry, or no latency is asked for. */
  latencyMs: z.number().optional(),
  macs: z.number(),
  params: z.number(),
  peakActivationBytes: z.number().optional(),
  ...inferenceEnergy,
});

/** `derived/metrics.json`: what a run found, measured where a device is at hand. Shares for accuracies, ms for latencies. */
export const metricsSchema = z.object({
  testAccuracy: z.number(),
  /** Undefined where none is asked for. */
  latencyMs: z
    .object({
      target: z.number(),
      predicted: z.number(),
      measured: z.number().optional(),
      /**
       * The machine's pace when networks were measured, by that of when the derived one was chosen: what was read off, divided by
       * this, is `measured`, and the baselines' latency too.
       */
      pace: z.number().optional(),
    })
    .optional(),
  macs: z.number(),
  params: z.number(),
  peakActivationBytes: z.number().optional(),
  ...inferenceEnergy,
  /** What a network may take at most. */
  budget: budgetsSchema.optional(),
  seed: z.number(),
  profileSeconds: z.number(),
  searchSeconds: z.number(),
  trainSeconds: z.number(),
  peakRssMb: z.number(),
  /** Of the whole run so far, and whether any of it was reckoned from processor time. */
  energyJoules: z.number().optional(),
  energyEstimated: z.boolean().optional(),
  /** Largest difference between the trained network's and the exported model's logits on test images. */
  exportDifference: z.number(),
  /** Names of baselines that are at least as accurate and as cheap in all that was asked for, and better in something. */
  dominatedBy: z.array(z.string()),
  baselines: z.array(networkSchema),
});

export type Metrics = z.infer<typeof metricsSchema>;
export type MeasuredNetwork = z.infer<typeof networkSchema>;
