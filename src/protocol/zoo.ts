import { z } from 'zod';

/** A published network beside what was published of it. */
const zooRow = z.object({
  name: z.string(),
  /** Of this network as built here, one image. */
  macs: z.number(),
  params: z.number(),
  published: z.object({
    /** ImageNet, percent. */
    top1: z.number(),
    millionMacs: z.number(),
    millionParameters: z.number(),
    /** Null for networks made by hand. */
    searchCost: z.string().nullable(),
    latency: z.object({ ms: z.number(), device: z.string() }).nullable(),
    source: z.string(),
  }),
  /** On this device; null where nothing was measured. */
  measured: z.object({ ms: z.number(), madMs: z.number(), samples: z.int() }).nullable(),
});

export const zooResultSchema = z.object({
  /** From the fastest to the slowest; from the smallest to the largest where nothing was measured. */
  networks: z.array(zooRow),
  /** What they were measured on, and how quiet it was. */
  device: z.string().nullable(),
  noise: z.string().nullable(),
});

/** What a network, or the networks of a search space, take by a table of another device. */
export const predictionSchema = z.object({
  network: z.string(),
  table: z.string(),
  /** Null where the table lacks an entry, and for a space. */
  ms: z.number().nullable(),
  /** Of a space: its fastest and slowest network, and the expectation with every candidate of a block equally probable. */
  space: z.object({ fastestMs: z.number(), slowestMs: z.number(), expectedMs: z.number() }).nullable(),
  parts: z.array(z.object({ block: z.string(), key: z.string(), ms: z.number().nullable() })),
  /** Keys that the table lacks, each once. */
  missing: z.array(z.string()),
});

export type ZooRow = z.infer<typeof zooRow>;
export type ZooResult = z.infer<typeof zooResultSchema>;
export type Prediction = z.infer<typeof predictionSchema>;
