import { z } from 'zod';

/** `devices.json` of a run: one search space on several devices. Latencies are predicted, in ms. */

const ms = z.number().nonnegative();
/** A place in `devices`. */
const device = z.int().nonnegative();

const comparedDeviceSchema = z.object({
  /** As a person tells it from the others: `cpu, int8`. */
  name: z.string(),
  /** What it is: processor, threads, batch, runtime; or whose table. */
  description: z.string(),
  /** Of the fastest and the slowest network of the space. */
  fastestMs: ms,
  slowestMs: ms,
  /** The goal's own, or what is as hard to keep here; null where the goal's device could not be measured. */
  targetMs: ms.nullable(),
  /** `[block][candidate]` */
  costsMs: z.array(z.array(ms)),
});

const chosenSchema = z.object({
  /** Candidate by block of the space. */
  choices: z.array(z.int().nonnegative()),
  /** On each of the devices. */
  latencyMs: z.array(ms),
});

export const deviceComparisonSchema = z
  .object({
    /** Random networks, each candidate of a block equally probable, that targets and agreement are estimated with. */
    networks: z.int(),
    /** Share of them that keep the goal's target on its own device, the first; null where that could not be measured. */
    feasibleShare: z.number().min(0).max(1).nullable(),
    blocks: z.array(z.object({ name: z.string(), candidates: z.array(z.string()).min(1).max(200) })).max(1000),
    devices: z.array(comparedDeviceSchema).min(1).max(32),
    /** Of each two devices: whether they put the random networks in the same order. */
    agreement: z.array(z.object({ devices: z.tuple([device, device]), kendallTau: z.number() })),
    /**
     * Candidates by how much more one device minds them than another, the most first: `ratio` is that of their costs
     * relative to the mean of their block.
     */
    disagreements: z.array(
      z.object({
        block: z.int().nonnegative(),
        candidate: z.int().nonnegative(),
        dearer: device,
        cheaper: device,
        ratio: z.number(),
      }),
    ),
    /**
     * By device the most probable network within its target, null where there is none. Empty where nothing is known of
     * probabilities: before a search has ended, or of a file.
     */
    chosen: z.array(chosenSchema.nullable()),
    /** Devices that were asked for and could not be measured, and why. */
    absent: z.array(z.object({ name: z.string(), reason: z.string() })),
  })
  .refine(isConsistent, 'places and sizes do not fit together');

export type ComparedDevice = z.infer<typeof comparedDeviceSchema>;
export type DeviceComparison = z.infer<typeof deviceComparisonSchema>;

/** Whether every place named exists and every table has the space's shape. */
function isConsistent({ blocks, devices, agreement, disagreements, chosen }: Contents): boolean {
  const isBlock = (l: number) => l < blocks.length;
  const isDevice = (d: number) => d < devices.length;
  const isCandidate = (l: number, i: number) => isBlock(l) && i < blocks[l].candidates.length;
  return (
    devices.every(
      ({ costsMs }) =>
        costsMs.length === blocks.length && costsMs.every((row, l) => row.length === blocks[l].candidates.length),
    ) &&
    agreement.every(pair => pair.devices.every(isDevice)) &&
    disagreements.every(
      ({ block, candidate, dearer, cheaper }) => isCandidate(block, candidate) && isDevice(dearer) && isDevice(cheaper),
    ) &&
    (chosen.length === 0 || chosen.length === devices.length) &&
    chosen.every(
      one =>
        one === null ||
        (one.latencyMs.length === devices.length &&
          one.choices.length === blocks.length &&
          one.choices.every((choice, l) => isCandidate(l, choice))),
    )
  );
}

interface Contents {
  blocks: readonly { candidates: readonly string[] }[];
  devices: readonly ComparedDevice[];
  agreement: readonly { devices: readonly number[] }[];
  disagreements: readonly { block: number; candidate: number; dearer: number; cheaper: number }[];
  chosen: readonly (z.infer<typeof chosenSchema> | null)[];
}
