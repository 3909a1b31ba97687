import { z } from 'zod';
import { runEventSchema } from './events.ts';
import { metricsSchema } from './metrics.ts';

/** Messages between the engine process and whoever started it (terminal or editor), one definition for both sides. */

export const PROTOCOL_VERSION = 1;

const overrides = z.object({
  seed: z.int().nonnegative().optional(),
  targetMs: z.number().positive().optional(),
  epochs: z.int().positive().optional(),
  threads: z.int().positive().optional(),
});

const file = z.string().min(1);

export const requestSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('search'), file, out: z.string().optional(), ...overrides.shape }),
  z.object({ command: z.literal('profile'), file, again: z.boolean().optional(), threads: overrides.shape.threads }),
  z.object({ command: z.literal('derive'), run: z.string(), targetMs: overrides.shape.targetMs }),
  z.object({ command: z.literal('train'), run: z.string(), epochs: overrides.shape.epochs }),
  z.object({ command: z.literal('export'), run: z.string(), format: z.string() }),
  z.object({ command: z.literal('eval'), model: z.string(), dataset: z.string() }),
]);

/** What the engine is asked to do; one request per process. */
export type EngineRequest = z.infer<typeof requestSchema>;

export const resultSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('search'), run: z.string(), summary: z.string(), metrics: metricsSchema }),
  z.object({
    command: z.literal('profile'),
    table: z.string(),
    reused: z.boolean(),
    summary: z.array(z.string()),
    networks: z.number(),
    within5pct: z.number(),
    within10pct: z.number(),
    relRmse: z.number(),
    rmseMs: z.number(),
    kendallTau: z.number(),
    seconds: z.number(),
  }),
  z.object({
    command: z.literal('derive'),
    run: z.string(),
    names: z.array(z.string()),
    predictedMs: z.number(),
    measuredMs: z.number(),
  }),
  z.object({ command: z.literal('train'), run: z.string(), summary: z.string(), metrics: metricsSchema }),
  z.object({ command: z.literal('export'), file: z.string(), difference: z.number() }),
  z.object({ command: z.literal('eval'), images: z.int(), accuracy: z.number(), crossEntropy: z.number() }),
]);

export type EngineResult = z.infer<typeof resultSchema>;

export const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.literal(PROTOCOL_VERSION) }),
  /** Where the work stands: a stage, how much of it is done (0 to 1), and a short text. */
  z.object({ type: z.literal('progress'), stage: z.string(), fraction: z.number(), text: z.string() }),
  z.object({ type: z.literal('event'), event: runEventSchema }),
  /** A line for people. */
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({ type: z.literal('result'), result: resultSchema }),
  /** The end without a result; `user` when the person can mend it, else `detail` holds the stack for a log. */
  z.object({ type: z.literal('failure'), user: z.boolean(), message: z.string(), detail: z.string().optional() }),
]);

export type EngineMessage = z.infer<typeof messageSchema>;
