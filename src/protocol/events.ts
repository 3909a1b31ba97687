import { z } from 'zod';

/**
 * Events of a run, in the order they happen: the lines of `events.jsonl`, and what a viewer draws from. Each line also
 * has `at`, seconds since the run began.
 */

const choices = z.array(z.int());

const start = z.object({
  type: z.literal('start'),
  space: z.string(),
  /** Choice blocks with their candidates' names, in the order of every `choices` and `alphas` below. */
  blocks: z.array(z.object({ name: z.string(), candidates: z.array(z.string()) })),
  targetMs: z.number(),
  seed: z.number(),
});

const stage = z.object({ type: z.literal('stage'), stage: z.string() });

const profiled = z.object({
  type: z.literal('profiled'),
  reused: z.boolean(),
  summary: z.array(z.string()),
  smallestMs: z.number(),
});

const weights = z.object({
  type: z.literal('weights'),
  step: z.int(),
  epoch: z.int(),
  warmup: z.boolean(),
  loss: z.number(),
  accuracy: z.number(),
  rate: z.number(),
  path: choices,
});

/** An architecture step: by choice block the candidates that took part, and what accuracy and latency pulled them by. */
const architecture = z.object({
  type: z.literal('architecture'),
  step: z.int(),
  epoch: z.int(),
  crossEntropy: z.number(),
  loss: z.number(),
  expectedMs: z.number(),
  lambda: z.number(),
  pulls: z.array(
    z
      .object({ indices: choices, active: z.int(), accuracy: z.array(z.number()), latency: z.array(z.number()) })
      .nullable(),
  ),
});

const epoch = z.object({
  type: z.literal('epoch'),
  epoch: z.int(),
  warmup: z.boolean(),
  accuracy: z.number(),
  crossEntropy: z.number(),
  choices,
  predictedMs: z.number(),
  macs: z.number(),
  expectedMs: z.number(),
  entropy: z.number(),
  alphas: z.array(z.array(z.number())),
});

const derived = z.object({
  type: z.literal('derived'),
  choices,
  names: z.array(z.string()),
  predictedMs: z.number(),
  measuredMs: z.number(),
});

const trained = z.object({
  type: z.literal('trained'),
  network: z.string(),
  epoch: z.int(),
  loss: z.number(),
  accuracy: z.number(),
});

const tested = z.object({ type: z.literal('tested'), network: z.string(), testAccuracy: z.number() });

const warning = z.object({ type: z.literal('warning'), message: z.string() });

const done = z.object({ type: z.literal('done') });

export const runEventSchema = z.discriminatedUnion('type', [
  start,
  stage,
  profiled,
  weights,
  architecture,
  epoch,
  derived,
  trained,
  tested,
  warning,
  done,
]);

export type RunEvent = z.infer<typeof runEventSchema>;
