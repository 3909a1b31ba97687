import { z } from 'zod';
import type { RandomState } from '../base/random.ts';
import type { BatchState } from '../data/batches.ts';

/** Where a search stands between two steps, besides its weights: with them everything needed to go on to the bit. */

const word = z.int();
const random: z.ZodType<RandomState> = z.tuple([word, word, word, word]);
const batches: z.ZodType<BatchState> = z.object({
  epoch: z.int(),
  position: z.int(),
  order: random,
  augment: random,
});
const numbers = z.array(z.number());

/** Architecture parameters of all choice blocks, with their optimiser and what a person restricted. */
export const architectureStateSchema = z.object({
  alphas: z.array(numbers),
  adam: z.array(z.object({ first: numbers, second: numbers, steps: z.int() })),
  locked: z.array(z.int().nullable()),
  banned: z.array(z.array(z.int())),
});

const multipliers = z.object({
  /** Of the latency term; 0 where no latency is asked for. */
  lambda: z.number(),
  /** In the order of the budgets. States of the first version have none. */
  budgetLambdas: numbers.default([]),
});

export const searchStateSchema = z.object({
  /** Weight steps done. */
  step: z.int(),
  /** What comes next. */
  due: z.enum(['weights', 'architecture', 'validation']),
  random,
  weightBatches: batches,
  architectureBatches: batches,
  ...multipliers.shape,
  architecture: architectureStateSchema,
});

export type ArchitectureState = z.infer<typeof architectureStateSchema>;
export type Multipliers = z.infer<typeof multipliers>;
export type SearchState = z.infer<typeof searchStateSchema>;
