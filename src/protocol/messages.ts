import { z } from 'zod';
import { budgetsSchema } from './budgets.ts';
import { deviceComparisonSchema } from './deviceComparison.ts';
import { deviceSchema, quantisedSchema } from './devices.ts';
import { energySchema } from './energy.ts';
import { loggedEventSchema } from './events.ts';
import { metricsSchema } from './metrics.ts';
import { issueSchema, spaceViewSchema } from './spaceView.ts';
import { predictionSchema, zooResultSchema } from './zoo.ts';

/**
 * Messages between the engine process and whoever started it (terminal or editor), one definition for both sides. The
 * engine says that it is ready, gets one request, may get controls while it works (`control.ts`), and ends with a result,
 * a failure, or the word that it was stopped.
 */

export const PROTOCOL_VERSION = 4;

/** What to say where the two sides were built at different times; undefined for versions that agree. */
export function otherVersion(raw: unknown): string | undefined {
  const version = typeof raw === 'object' && raw !== null && 'version' in raw ? raw.version : undefined;
  if (version === undefined || version === PROTOCOL_VERSION) return undefined;
  return `The engine and the program that started it were built at different times (protocol ${PROTOCOL_VERSION} here, ${version} there): npm run build builds both.`;
}

const overrides = z.object({
  seed: z.int().nonnegative().optional(),
  targetMs: z.number().positive().optional(),
  epochs: z.int().positive().optional(),
  threads: z.int().positive().optional(),
});

const file = z.string().min(1);

export const requestSchema = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('search'),
    file,
    out: z.string().optional(),
    /** A run whose weights and probabilities the search starts from, wherever its blocks are the same. */
    inherit: z.string().optional(),
    ...overrides.shape,
  }),
  /** Goes on with a run that was stopped or interrupted, from where it stood. */
  z.object({ command: z.literal('resume'), run: z.string() }),
  /** What a search space holds, and everything wrong with it. `text` is what an editor holds and has not saved yet. */
  z.object({ command: z.literal('inspect'), file, text: z.string().optional() }),
  z.object({ command: z.literal('profile'), file, again: z.boolean().optional(), threads: overrides.shape.threads }),
  z.object({ command: z.literal('derive'), run: z.string(), targetMs: overrides.shape.targetMs }),
  z.object({ command: z.literal('train'), run: z.string(), epochs: overrides.shape.epochs }),
  z.object({ command: z.literal('export'), run: z.string(), format: z.string() }),
  /** What can be measured from here; `hosts` as ssh takes them. */
  z.object({ command: z.literal('devices'), hosts: z.array(z.string()).optional() }),
  /**
   * A search space on several devices. @param of its file, or the folder of a run, which keeps what is found
   * @param devices besides the space's own, as `readDevice` takes them
   */
  z.object({ command: z.literal('across'), of: file, devices: z.array(z.string()).min(1) }),
  z.object({ command: z.literal('eval'), model: z.string(), dataset: z.string() }),
  /** The published networks, or those with `network` in their names; `measure` times them on this device. */
  z.object({
    command: z.literal('zoo'),
    network: z.string().optional(),
    measure: z.boolean().optional(),
    threads: overrides.shape.threads,
  }),
  /** What a network takes by an imported latency table. @param network a name of the zoo, or a file with an architecture */
  z.object({ command: z.literal('predict'), table: file, network: z.string().min(1) }),
]);

/** What the engine is asked to do; one request per process. */
export type EngineRequest = z.infer<typeof requestSchema>;

/** How a request travels: whoever is of another version is told so before its request is read. */
export const openingSchema = z.object({ version: z.literal(PROTOCOL_VERSION), request: requestSchema });

export type Opening = z.infer<typeof openingSchema>;

const range = z.object({ min: z.number(), max: z.number() });

const inspectionSchema = z.object({
  view: spaceViewSchema,
  /** How many networks the space holds; in digits where a number cannot say it exactly. */
  architectures: z.union([z.number(), z.string()]),
  /** From the smallest to the largest network, one image. */
  macs: range,
  params: range,
  peakActivationBytes: range,
  /** Of one inference; estimated. */
  energyMicrojoules: range,
  /** By the latency table, of the fastest and the slowest network; null where not everything is profiled. */
  latencyMs: range.nullable(),
  /** Of this machine; its error is the share of held-out networks predicted within 5 %, where some could be held out. */
  table: z.object({ file: z.string(), ageSeconds: z.number(), within5pct: z.number().nullable() }).nullable(),
  /** The space can be built, but a search of it would be refused. */
  warnings: z.array(issueSchema),
});

/** What `inspect` finds. */
export type Inspection = z.infer<typeof inspectionSchema>;

export const resultSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('search'), run: z.string(), summary: z.string(), metrics: metricsSchema }),
  z.object({ command: z.literal('resume'), run: z.string(), summary: z.string(), metrics: metricsSchema }),
  z.object({ command: z.literal('inspect'), ...inspectionSchema.shape }),
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
    predictedMs: z.number().optional(),
    measuredMs: z.number().optional(),
    ...budgetsSchema.shape,
  }),
  z.object({ command: z.literal('train'), run: z.string(), summary: z.string(), metrics: metricsSchema }),
  z.object({
    command: z.literal('export'),
    file: z.string(),
    /** Largest difference between an output of the file and of the trained network. */
    difference: z.number(),
    quantised: quantisedSchema.optional(),
  }),
  z.object({ command: z.literal('devices'), devices: z.array(deviceSchema) }),
  /** `saved`: the file in the run, null where there is none. */
  z.object({ command: z.literal('across'), saved: z.string().nullable(), ...deviceComparisonSchema.shape }),
  z.object({ command: z.literal('eval'), images: z.int(), accuracy: z.number(), crossEntropy: z.number() }),
  z.object({ command: z.literal('zoo'), ...zooResultSchema.shape }),
  z.object({ command: z.literal('predict'), ...predictionSchema.shape }),
]);

export type EngineResult = z.infer<typeof resultSchema>;

export const enginePhases = ['running', 'paused', 'stopping'] as const;
export type EnginePhase = (typeof enginePhases)[number];

export const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.literal(PROTOCOL_VERSION) }),
  /** The folder of the run, as soon as there is one: its log holds every event. */
  z.object({ type: z.literal('run'), folder: z.string() }),
  /** Where the work stands: a stage, how much of it is done (0 to 1), and a short text. */
  z.object({ type: z.literal('progress'), stage: z.string(), fraction: z.number(), text: z.string() }),
  /**
   * What happened, at most ten times a second. `first` is the number of the first of these events, its line in the log
   * counted from 0. `skipped`: those before it were not sent, because the receiver was behind; they are in the log.
   */
  z.object({ type: z.literal('events'), first: z.int(), events: z.array(loggedEventSchema), skipped: z.boolean() }),
  /** A line for people. */
  z.object({ type: z.literal('note'), text: z.string() }),
  /** Every second; images a second over the last few, null while none are run; energy of the run as a whole. */
  z.object({
    type: z.literal('heartbeat'),
    rssMb: z.number(),
    imagesPerSecond: z.number().nullable(),
    energy: energySchema,
  }),
  /** How the engine answers a control. */
  z.object({ type: z.literal('state'), phase: z.enum(enginePhases) }),
  /** A control that cannot be followed, and why: one sentence. */
  z.object({ type: z.literal('refused'), message: z.string() }),
  z.object({ type: z.literal('result'), result: resultSchema }),
  /** The end by a stop; a run that can be resumed, or null where there is none. */
  z.object({ type: z.literal('stopped'), run: z.string().nullable() }),
  /** The end without a result; `user` when the person can mend it, else `detail` holds the stack for a log. */
  z.object({
    type: z.literal('failure'),
    user: z.boolean(),
    message: z.string(),
    detail: z.string().optional(),
    issues: z.array(issueSchema).optional(),
  }),
]);

export type EngineMessage = z.infer<typeof messageSchema>;
