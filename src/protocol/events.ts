import { z } from 'zod';
import { budgetStatesSchema, budgetsSchema } from './budgets.ts';
import { steeringSchema } from './control.ts';
import { energySchema } from './energy.ts';
import { spaceViewSchema } from './spaceView.ts';

/**
 * Events of a run, in the order they happen: the lines of `events.jsonl`, and what a viewer draws from. Each line also
 * has `at`, seconds since the run began. Optional fields are those that logs of the first version lack, and latencies, which
 * a search for budgets alone has none of.
 */

const choices = z.array(z.int());
/** By choice block, then candidate. */
const table = z.array(z.array(z.number()));
/** What the run has taken so far; in events that come often enough to go on counting from. */
const energy = { energy: energySchema.optional() };
const restrictions = {
  /** By choice block: the candidate it is locked to, or null, and those it may not take. */
  locked: z.array(z.int().nullable()),
  banned: z.array(choices),
};

const start = z.object({
  type: z.literal('start'),
  space: z.string(),
  /** Choice blocks with their candidates' names, in the order of every `choices` and `alphas` below. */
  blocks: z.array(z.object({ name: z.string(), candidates: z.array(z.string()) })),
  /** Where a latency is asked for. */
  targetMs: z.number().optional(),
  seed: z.number(),
  view: spaceViewSchema.optional(),
  /** Weight steps of the whole search, and images in each. */
  steps: z.int().optional(),
  batch: z.int().optional(),
});

/** What a search took over from an earlier run. */
export const inheritedSchema = z.object({
  fromRun: z.string(),
  /** By block of the space. */
  blocks: z.array(z.object({ block: z.string(), inherited: z.boolean(), reason: z.string() })),
  /** The two spaces' difference, a line each, starting with `+`, `-` or `~`. */
  difference: z.array(z.string()),
});

const inherited = z.object({ type: z.literal('inherited'), ...inheritedSchema.shape });

const stage = z.object({ type: z.literal('stage'), stage: z.string(), ...energy });

const profiled = z.object({
  type: z.literal('profiled'),
  reused: z.boolean(),
  summary: z.array(z.string()),
  smallestMs: z.number().optional(),
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

/** An architecture step: by choice block the candidates that took part, and what accuracy, latency and budgets pulled them by. */
const architecture = z.object({
  type: z.literal('architecture'),
  step: z.int(),
  epoch: z.int(),
  crossEntropy: z.number(),
  loss: z.number(),
  expectedMs: z.number().optional(),
  lambda: z.number(),
  budgets: budgetStatesSchema.optional(),
  pulls: z.array(
    z
      .object({
        indices: choices,
        active: z.int(),
        accuracy: z.array(z.number()),
        latency: z.array(z.number()),
        budget: z.array(z.number()).optional(),
      })
      .nullable(),
  ),
  /** After the step. */
  probabilities: table.optional(),
});

/**
 * Everything that moves, whole, every so many steps: a reader needs the last one and the events after it, however long
 * the log. At its first step, after each epoch and where a run goes on there is one as well.
 */
const keyframe = z.object({
  type: z.literal('keyframe'),
  /** Weight steps done. */
  step: z.int(),
  epoch: z.int(),
  warmup: z.boolean(),
  alphas: table,
  probabilities: table,
  /** Minus the gradients by the alphas, summed over all steps so far: positive raises the probability. */
  accuracyPull: table,
  latencyPull: table,
  budgetPull: table.optional(),
  ...restrictions,
  expectedMs: z.number().optional(),
  /** Of the latency's constraint. */
  lambda: z.number(),
  budgets: budgetStatesSchema.optional(),
  /** Mean over choice blocks, nats. */
  entropy: z.number(),
  /** Share; smoothed over the last steps. */
  trainAccuracy: z.number().nullable(),
  /** Of the argmax network after the last epoch. */
  validationAccuracy: z.number().nullable(),
  ...energy,
});

/** A person locked, banned or freed a candidate; with the restrictions of all blocks as they are from then on. */
const steered = z.object({ type: z.literal('steered'), step: z.int(), ...steeringSchema.shape, ...restrictions });

/** Weight steps done when the work was paused, went on (also in another process), or was stopped; null outside the search. */
const paused = z.object({ type: z.literal('paused'), step: z.int().nullable() });
const resumed = z.object({ type: z.literal('resumed'), step: z.int().nullable() });
const stopped = z.object({ type: z.literal('stopped'), step: z.int().nullable(), ...energy });

const epoch = z.object({
  type: z.literal('epoch'),
  epoch: z.int(),
  warmup: z.boolean(),
  accuracy: z.number(),
  crossEntropy: z.number(),
  choices,
  predictedMs: z.number().optional(),
  ...budgetsSchema.shape,
  macs: z.number(),
  expectedMs: z.number().optional(),
  entropy: z.number(),
  alphas: z.array(z.array(z.number())),
});

const derived = z.object({
  type: z.literal('derived'),
  choices,
  names: z.array(z.string()),
  predictedMs: z.number().optional(),
  /** Undefined where no device is at hand. */
  measuredMs: z.number().optional(),
  ...budgetsSchema.shape,
});

/** A layer of the derived network as the runtime runs it, several of the space's primitives in one where it joins them. */
export const tracedLayerSchema = z.object({
  block: z.string(),
  name: z.string(),
  kind: z.string(),
  /** `channels x height x width` */
  output: z.string(),
  /** Its share of the network's measured latency, what a call costs besides left out. */
  measuredMs: z.number(),
});

const traced = z.object({ type: z.literal('traced'), layers: z.array(tracedLayerSchema) });

const trained = z.object({
  type: z.literal('trained'),
  network: z.string(),
  epoch: z.int(),
  loss: z.number(),
  accuracy: z.number(),
  ...energy,
});

const tested = z.object({ type: z.literal('tested'), network: z.string(), testAccuracy: z.number() });

const warning = z.object({ type: z.literal('warning'), message: z.string() });

const done = z.object({ type: z.literal('done'), ...energy });

export const runEventSchema = z.discriminatedUnion('type', [
  start,
  inherited,
  stage,
  profiled,
  weights,
  architecture,
  keyframe,
  epoch,
  steered,
  paused,
  resumed,
  stopped,
  derived,
  traced,
  trained,
  tested,
  warning,
  done,
]);

export type Inherited = z.infer<typeof inheritedSchema>;
export type TracedLayer = z.infer<typeof tracedLayerSchema>;
export type RunEvent = z.infer<typeof runEventSchema>;

/** A line of the log. */
export const loggedEventSchema = z.intersection(z.object({ at: z.number() }), runEventSchema);

export type LoggedEvent = z.infer<typeof loggedEventSchema>;
