import { z } from 'zod';

const networkSchema = z.object({
  name: z.string(),
  testAccuracy: z.number(),
  latencyMs: z.number(),
  macs: z.number(),
  params: z.number(),
});

/** `derived/metrics.json`: what a run found, measured on the machine it ran on. Shares for accuracies, ms for latencies. */
export const metricsSchema = z.object({
  testAccuracy: z.number(),
  latencyMs: z.object({ target: z.number(), predicted: z.number(), measured: z.number() }),
  macs: z.number(),
  params: z.number(),
  seed: z.number(),
  profileSeconds: z.number(),
  searchSeconds: z.number(),
  trainSeconds: z.number(),
  peakRssMb: z.number(),
  /** Largest difference between the trained network's and the exported model's logits on test images. */
  exportDifference: z.number(),
  /** Names of baselines that are at least as accurate and at least as fast, and better in one of the two. */
  dominatedBy: z.array(z.string()),
  baselines: z.array(networkSchema),
});

export type Metrics = z.infer<typeof metricsSchema>;
export type MeasuredNetwork = z.infer<typeof networkSchema>;
