import { z } from 'zod';
import { budgetsSchema } from './budgets.ts';

/** A search space as others than the engine see it: the chain of blocks with what each candidate costs. */

const shape = z.tuple([z.int(), z.int(), z.int()]);

export const placeSchema = z.object({
  file: z.string(),
  /** From 1. */
  line: z.int().optional(),
  column: z.int().optional(),
});

/** An edit that would mend an issue; all but `renameAll` are about the field at the issue's place. */
const remedySchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('rename'), to: z.string() }),
  /** The name `from` wherever the file has it. */
  z.object({ action: z.literal('renameAll'), from: z.string(), to: z.string() }),
  /** Another value, as it is written in the file. */
  z.object({ action: z.literal('set'), to: z.string() }),
  z.object({ action: z.literal('remove') }),
]);

/** One thing wrong with a search space. */
export const issueSchema = z.object({
  message: z.string(),
  /** What to do about it, a sentence. */
  fix: z.string().optional(),
  /** The field of the definition, such as `stages[1].candidates[0]`; empty for the file as a whole. */
  path: z.string(),
  place: placeSchema.optional(),
  /** The most likely first. */
  remedies: z.array(remedySchema).readonly().optional(),
});

/** The primitives of an operator in topological order, the output last; `inputs` are indices, -1 is the operator's own input. */
const operatorGraphSchema = z.array(z.object({ name: z.string(), inputs: z.array(z.int()) }));

const candidateSchema = z.object({
  /** Name a person knows, such as `mbconv 3x3 e6`. */
  name: z.string(),
  zero: z.boolean(),
  macs: z.number(),
  params: z.number(),
  /** Most bytes of maps at one time inside the block. */
  peakActivationBytes: z.number().optional(),
  /** Estimated. */
  energyMicrojoules: z.number().optional(),
  /** From the latency table of the space's device; null where it was not profiled yet. */
  latencyMs: z.number().nullable(),
  place: placeSchema.optional(),
  /** What is inside, where that is more than a chain. */
  graph: operatorGraphSchema.optional(),
});

const blockSchema = z.object({
  /** `stem`, `stage2.block1`, `head`; unique. */
  name: z.string(),
  /** `[channels, height, width]`. */
  input: shape,
  output: shape,
  residual: z.boolean(),
  /** One: a fixed part. More: a choice block. Choice blocks are counted in order of appearance wherever `alphas` or `choices` stand. */
  candidates: z.array(candidateSchema).min(1),
  place: placeSchema.optional(),
});

export const spaceViewSchema = z.object({
  name: z.string(),
  input: shape,
  classes: z.int(),
  blocks: z.array(blockSchema),
  /** Latency outside every block, such as the empty run; null where nothing was profiled. */
  fixedMs: z.number().nullable(),
  /** Empty where no latency is asked for. */
  device: z.string(),
  /** The table of others that all latencies are by; nothing is measured then. */
  predictedBy: z.string().optional(),
  targetMs: z.number().optional(),
  /** The most that a network may take of each. */
  budget: budgetsSchema.optional(),
});

export type SpaceView = z.infer<typeof spaceViewSchema>;
export type BlockView = z.infer<typeof blockSchema>;
export type OperatorGraph = z.infer<typeof operatorGraphSchema>;
export type CandidateView = z.infer<typeof candidateSchema>;
export type Remedy = z.infer<typeof remedySchema>;
export type Issue = z.infer<typeof issueSchema>;
export type Place = z.infer<typeof placeSchema>;
