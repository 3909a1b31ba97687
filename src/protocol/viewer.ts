import { z } from 'zod';
import { budgetStatesSchema } from './budgets.ts';
import { steeringSchema } from './control.ts';
import { deviceComparisonSchema } from './deviceComparison.ts';
import { energySchema } from './energy.ts';
import { inheritedSchema, tracedLayerSchema } from './events.ts';
import { spaceViewSchema } from './spaceView.ts';
import { curveNames, runPhases, VIEWER_VERSION, viewerActions } from './viewerNames.ts';

export { curveNames, VIEWER_VERSION, viewerActions };

/**
 * Messages between the viewer's page and the extension host, which owns the state: a snapshot when the page says it is
 * ready, then deltas, at most ten a second and none while the page is hidden. Run files may be hostile: everything in
 * here is data, shown as text.
 */

const numbers = z.array(z.number());

/** What moves from step to step. All arrays are by choice block. */
export const liveSchema = z.object({
  step: z.int(),
  /** Weight steps of the whole search. */
  steps: z.int(),
  epoch: z.int(),
  warmup: z.boolean(),
  probabilities: z.array(numbers),
  /** The path drawn last. */
  path: z.array(z.int()),
  /** Accumulated gradient pull on each candidate's alpha, by accuracy and by latency; positive raises its probability. */
  accuracyPull: z.array(numbers),
  latencyPull: z.array(numbers),
  /** By budgets, where there are any. */
  budgetPull: z.array(numbers).optional(),
  expectedMs: z.number().nullable(),
  lambda: z.number(),
  budgets: budgetStatesSchema.optional(),
  /** Mean over choice blocks, nats. */
  entropy: z.number(),
  loss: z.number().nullable(),
  /** Share; smoothed for training, of the argmax network for validation. */
  trainAccuracy: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
});

/** How the process does; null what is not known. */
export const vitalsSchema = z.object({
  phase: z.enum(runPhases),
  /** Of the stage under way, 0 to 1, with a short text; its time left below. */
  fraction: z.number(),
  text: z.string(),
  etaSeconds: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  memoryMb: z.number().nullable(),
  energy: energySchema.nullable(),
});

const restrictionsSchema = z.object({
  /** By choice block: the locked candidate, or null. */
  locked: z.array(z.int().nullable()),
  banned: z.array(z.array(z.int())),
});

const derivedSchema = z.object({
  /** Candidate by choice block. */
  choices: z.array(z.int()),
  /** Null where no latency is asked for. */
  predictedMs: z.number().nullable(),
  /** Null where no device is at hand. */
  measuredMs: z.number().nullable(),
  testAccuracy: z.number().nullable(),
  /** Of one inference; null where an old run does not say. */
  energy: z.object({ microjoules: z.number(), estimated: z.boolean() }).nullable(),
  /** Predicted ms by block of the space, and what the trace found; null where it was not traced. */
  blocks: z.array(z.object({ block: z.string(), predictedMs: z.number(), measuredMs: z.number().nullable() })),
  layers: z.array(tracedLayerSchema),
});

const pointSchema = z.object({
  name: z.string(),
  kind: z.enum(['sample', 'derived', 'baseline', 'earlier', 'zoo']),
  /** Share of images classified correctly. */
  accuracy: z.number(),
  latencyMs: z.number(),
  /** False where the latency is the table's prediction, or the accuracy the supernet's. */
  measured: z.boolean(),
});

export const runViewSchema = z.object({
  /** The run's folder, as an opaque name. */
  id: z.string(),
  name: z.string(),
  /** ISO 8601; empty where it is not known. */
  startedAt: z.string(),
  seed: z.number(),
  /** Name of the data; empty where it is not known. */
  dataset: z.string(),
  /** Whether the folder is trusted: where it is not, runs are looked at and nothing is offered that runs one. */
  trusted: z.boolean(),
  /** Whether there is something that the run could be gone on with from. */
  resumable: z.boolean(),
  /** The machine that is measured: host, processor, runtime, threads. */
  device: z.string(),
  space: spaceViewSchema,
  vitals: vitalsSchema,
  live: liveSchema,
  restrictions: restrictionsSchema,
  derived: derivedSchema.nullable(),
  pareto: z.array(pointSchema),
  inherited: inheritedSchema.nullable(),
  /** Held-out networks of the latency table: predicted beside measured, ms. */
  tableCheck: z.array(z.object({ predictedMs: z.number(), measuredMs: z.number() })),
  /** How other devices compare; null where that was not asked for yet. */
  deviceComparison: deviceComparisonSchema.nullable(),
  warnings: z.array(z.string()),
  /** One sentence, where the run failed or crashed. */
  failure: z.string().nullable(),
});

const floats = z.instanceof(Float64Array);
/** Series by step, at most a few thousand points each, thinned by the host for the range that is looked at. */
const curvesSchema = z.object({
  from: z.number(),
  to: z.number(),
  series: z.partialRecord(z.enum(curveNames), z.object({ steps: floats, values: floats })),
});

export const toPageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), version: z.literal(VIEWER_VERSION), run: runViewSchema }),
  /** There is nothing to show: what to do instead. */
  z.object({ type: z.literal('empty'), version: z.literal(VIEWER_VERSION), text: z.string() }),
  /** Fields that changed since the last message, whole. */
  z.object({ type: z.literal('delta'), changes: runViewSchema.partial() }),
  z.object({ type: z.literal('curves'), ...curvesSchema.shape }),
  /** The state at a step of the log, for the scrubber. */
  z.object({ type: z.literal('replay'), live: liveSchema }),
  /** Another run, for the Compare screen; null ends the comparison. */
  z.object({ type: z.literal('compare'), run: runViewSchema.nullable() }),
  /** Its curves, of the steps that those of the run itself were asked for. */
  z.object({ type: z.literal('comparedCurves'), ...curvesSchema.shape }),
  /** Go to a screen: there is news on it. */
  z.object({ type: z.literal('show'), screen: z.literal('devices') }),
  /** What came of a request that was refused. */
  z.object({ type: z.literal('notice'), text: z.string() }),
]);

export const fromPageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.literal(VIEWER_VERSION), run: z.string().nullable() }),
  /** What was sent of the run is drawn: the host may send what changed since. */
  z.object({ type: z.literal('shown') }),
  z.object({ type: z.literal('action'), action: z.enum(viewerActions) }),
  z.object({ type: z.literal('steer'), ...steeringSchema.shape }),
  /** Curves for a range of steps, for about so many points; the whole run where no range is given. */
  z.object({ type: z.literal('curves'), from: z.number().optional(), to: z.number().optional(), points: z.int() }),
  /** The state at this step; null goes back to the present. */
  z.object({ type: z.literal('replay'), step: z.int().nullable() }),
  /** Show a place of the space's file in the editor: a block, counted in all of `space.blocks`, or one of its candidates. */
  z.object({ type: z.literal('reveal'), block: z.int(), candidate: z.int().nullable() }),
]);

export type { DeviceComparison } from './deviceComparison.ts';
export type { CurveName, RunPhase, ViewerAction } from './viewerNames.ts';
export type RunView = z.infer<typeof runViewSchema>;
export type LiveView = z.infer<typeof liveSchema>;
export type Vitals = z.infer<typeof vitalsSchema>;
export type DerivedView = z.infer<typeof derivedSchema>;
export type ParetoPoint = z.infer<typeof pointSchema>;
export type Curves = z.infer<typeof curvesSchema>;
export type ToPage = z.infer<typeof toPageSchema>;
export type FromPage = z.infer<typeof fromPageSchema>;
