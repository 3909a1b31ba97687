import { z } from 'zod';
import type { SourcePlace } from '../base/errors.ts';
import { Dataset } from './datasets.ts';
import { type DeviceDefinition, deviceSchema } from './devices.ts';
import { Operator } from './operator.ts';
import { type Activation, activationName } from './operators.ts';
import { callerPlace } from './places.ts';
import type { Augmentation, BudgetName, LatencyLoss, Schedule } from './searchSpace.ts';

/** `depth` blocks in a row; the first changes width and size, the others keep them. */
export interface StageDefinition {
  /** Channels out of every block. */
  width: number;
  /** Blocks, or `[least, most]`: those beyond the least may vanish. */
  depth: number | readonly [least: number, most: number];
  /** Stride of the first block, 1 unless said. */
  stride?: number;
  /** The operators each block chooses from. */
  candidates: readonly Operator[];
}

/** From the last map to the logits: 1x1 convolution to `width` (none unless said), global pooling, dropout, linear. */
export interface HeadDefinition {
  /** Channels of the 1x1 convolution. */
  width?: number;
  /** Share of the pooled numbers set to zero in training, 0 unless said. */
  dropout?: number;
  /** Of the 1x1 convolution, `relu6` unless said. */
  activation?: Activation;
}

/** What a good network is: accurate, as fast as is asked for, and within its budget. At least one of the two is to be given. */
export interface ObjectiveDefinition {
  /** A latency to come near. */
  latency?: {
    /** Wished latency in milliseconds. */
    targetMs: number;
    /**
     * Where it is measured: this machine's processor unless said, or `browser()`, `ssh(host)`, `cpu({ precision: 'int8' })`, ...;
     * or `table(file)`, whose device nothing is measured on.
     */
    device?: DeviceDefinition;
    /** Threads that run the network, 1 unless said. */
    threads?: number;
    /** Images in one run, 1 unless said. */
    batch?: number;
  };
  /** Limits that need no device: a network may stay below them, not go over them. */
  budget?: {
    /** Multiply-adds of convolutions and linear layers, one image. */
    macs?: number;
    /** Learned numbers. */
    params?: number;
    /** Most bytes of maps held at one time while one image is computed: 4 for each number, 1 on a device with int8. */
    peakActivationBytes?: number;
    /** Microjoules of one inference, estimated from its multiply-adds and its memory accesses. */
    energyMicrojoules?: number;
  };
  /** How latency enters the loss: `constraint()` unless said, or `addLinear()`, `mulLog()`. */
  loss?: LatencyLoss;
}

/** Every field left out has the published value for large data sets and a shorter run for small ones. */
export type ScheduleDefinition = Partial<Omit<Schedule, 'train' | 'finalists'>> & {
  train?: Partial<Schedule['train']>;
  finalists?: Partial<Schedule['finalists']>;
};

/** A search space: the data, the networks to choose from, and what is asked of the one that is found. */
export interface SearchSpaceDefinition {
  /** Names the runs and their files. */
  name: string;
  /** The images: `fashionMnist()`, `cifar10(folder)`, `imageFolder(folder, { classes })`, ... */
  dataset: Dataset;
  /** Channels, height, width; may be left out where the data set has one size. */
  input?: readonly [channels: number, height: number, width: number];
  /** Scales every width, rounded to a multiple of 8; 1 (widths as typed) unless said. */
  widthMultiplier?: number;
  /** Random changes to training images. */
  augment?: Augmentation;
  /** Fixed operators before the first stage, each with `out` and `stride`. */
  stem: readonly Operator[];
  /** Where the search chooses: `stage({ width, depth, stride, candidates })`. */
  stages: readonly StageDefinition[];
  /** From the last map to the logits. */
  head: HeadDefinition;
  /** The latency asked for and how the search weighs it; budgets. */
  objective: ObjectiveDefinition;
  /** Epochs, batches and rates of the search and of the training after it. */
  schedule?: ScheduleDefinition;
}

const stagePlaces = new WeakMap<object, SourcePlace>();

/**
 * A part of the network of which the search chooses every block: `depth` blocks of one width, each one of the candidates. The
 * call knows where it is written, so that messages about it point there.
 */
export function stage(definition: StageDefinition): StageDefinition {
  const place = callerPlace();
  if (place && typeof definition === 'object' && definition !== null) stagePlaces.set(definition, place);
  return definition;
}

/** Where `stage(...)` was called for this very object. */
export function stagePlace(definition: unknown): SourcePlace | undefined {
  return typeof definition === 'object' && definition !== null ? stagePlaces.get(definition) : undefined;
}

const count = z.int().min(1);
const share = z.number().min(0).lt(1);
const rate = z.number().positive();
const channels = count.max(65536);

const operatorSchema = z.custom<Operator>(value => value instanceof Operator, {
  error:
    'not an operator. Use mbconv({ kernel: 3, expand: 6 }), zero(), operator(name, build) or another of the module.',
});

const depthError = 'give a number of blocks of at least 1, or [least, most].';
const inOrder = ([least, most]: [number, number]) => least <= most;

const stageSchema = z.strictObject({
  width: channels,
  depth: z.union([count.max(256), z.tuple([count, count.max(256)]).refine(inOrder, { error: depthError })], {
    error: depthError,
  }),
  stride: count.max(8).default(1),
  candidates: z.array(operatorSchema).min(1),
});

const optionalRate = z.number().min(0).optional();

const lossSchema = z.discriminatedUnion(
  'form',
  [
    z.strictObject({ form: z.literal('constraint'), lambdaRate: rate.optional() }),
    z.strictObject({ form: z.literal('add#linear'), lambda: optionalRate }),
    z.strictObject({ form: z.literal('mul#log'), a: optionalRate, b: optionalRate }),
  ],
  { error: 'unknown form of the latency loss. Use constraint(), addLinear() or mulLog().' },
);

const budget = z.number().positive().optional();

const objectiveSchema = z
  .strictObject({
    latency: z
      .strictObject({
        targetMs: z.number().positive(),
        device: deviceSchema,
        threads: count.max(1024).default(1),
        batch: count.default(1),
      })
      .refine(({ device, threads, batch }) => device.target !== 'table' || (threads === 1 && batch === 1), {
        path: ['device'],
        error: 'the figures of a table are for the threads and the batch it was made with; leave both out.',
      })
      .optional(),
    budget: z
      .strictObject({
        macs: budget,
        params: budget,
        peakActivationBytes: budget,
        energyMicrojoules: budget,
      } satisfies Record<BudgetName, unknown>)
      .default({}),
    loss: lossSchema.optional(),
  })
  .refine(({ latency, budget }) => latency || Object.values(budget).some(most => most !== undefined), {
    error: 'say what is asked of a network: latency: { targetMs: 2 }, or budget: { macs: 2e6 }, or both.',
  })
  .refine(({ latency, loss }) => latency || !loss, {
    path: ['loss'],
    error: 'this is how latency is weighed, and none is asked for; leave it out.',
  })
  .refine(({ latency, loss }) => loss?.form !== 'mul#log' || !latency || latency.targetMs > 1, {
    path: ['loss'],
    error:
      'mulLog() divides by the logarithm of the target in ms: at 1 ms it is undefined and below it rewards slow networks. Use constraint() or addLinear().',
  })
  .transform(({ loss = { form: 'constraint' as const }, ...asked }) => ({ ...asked, loss }));

const scheduleFields = {
  batch: count,
  rate,
  weightDecay: z.number().min(0),
  labelSmoothing: share,
};

const scheduleSchema = z
  .strictObject({
    ...scheduleFields,
    validationShare: share.positive(),
    warmupEpochs: z.int().min(0),
    warmupRate: rate,
    epochs: count,
    momentum: share,
    gateMode: z.enum(['two', 'full']),
    zeroGradient: z.boolean(),
    sharedWeights: z.boolean(),
    architectureEvery: count,
    architectureRate: rate,
    finalists: z.strictObject({ networks: z.int().min(0).max(64), epochs: count }).partial(),
    train: z.strictObject({ ...scheduleFields, epochs: count }).partial(),
  })
  .partial();

/** The plain fields of a definition; shapes and operators are checked where blocks are built. */
export const definitionSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^\w[\w .-]*$/, { error: 'use letters, digits, spaces, dots and dashes, at least one: it names files.' }),
    dataset: z.custom<Dataset>(value => value instanceof Dataset, {
      error:
        'not a data set. Use fashionMnist(), cifar10(folder), imageFolder(folder, { classes }) or another of the module.',
    }),
    input: z.tuple([channels, count.max(8192), count.max(8192)]).optional(),
    widthMultiplier: z.number().positive().max(16).default(1),
    augment: z
      .strictObject({
        shift: z.int().min(0).optional(),
        flip: z.boolean().optional(),
        cutout: z.int().min(0).optional(),
      })
      .default({}),
    stem: z.array(operatorSchema),
    stages: z.array(stageSchema).min(1),
    head: z.strictObject({
      width: channels.optional(),
      dropout: share.default(0),
      activation: activationName.default('relu6'),
    }),
    objective: objectiveSchema,
    schedule: scheduleSchema.default({}),
  })
  .refine(({ input, dataset }) => input !== undefined || dataset.imageShape !== undefined, {
    path: ['input'],
    error: 'give [channels, height, width]: this data set can have any size.',
  })
  .refine(({ input, dataset }) => !input || !dataset.imageShape || input.join() === dataset.imageShape.join(), {
    path: ['input'],
    error: "another size than that of the data set's images; leave it out to take theirs.",
  });

/** A definition whose plain fields are checked and filled. */
export type CheckedDefinition = z.output<typeof definitionSchema>;
export type CheckedStage = CheckedDefinition['stages'][number];
