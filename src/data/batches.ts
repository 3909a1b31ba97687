import { UserError } from '../base/errors.ts';
import { Random, type RandomState } from '../base/random.ts';
import type { ImageSet } from './imageSet.ts';
import type { Normalisation } from './normalisation.ts';
import type { Augmentation } from './spec.ts';
import { formatShape, imageSize } from './spec.ts';
import { augment, normalise, type Transform } from './transform.ts';

/** Normalised images `[N, C, H, W]` and their classes `[N]`. */
export interface Batch {
  images: Float32Array;
  labels: Int32Array;
}

export interface TrainingBatchOptions {
  normalisation: Normalisation;
  /** Images in a batch. */
  batch: number;
  seed: number;
  /** Name that keeps this sequence apart from others of the same seed, such as `weights` and `architecture`. */
  stream: string;
  augment?: Augmentation;
}

/** Everything needed to go on exactly where a run stopped; plain JSON. */
export interface BatchState {
  epoch: number;
  /** Batches of this epoch already given. */
  position: number;
  /** Generator of the order, as it was before this epoch's shuffle. */
  order: RandomState;
  /** Generator of the augmentation. */
  augment: RandomState;
}

/**
 * Training batches without end: each epoch passes through the indices in a new order and drops the last, partial batch.
 * The sequence is a function of the seed and the stream's name; saved and restored, it continues as if never stopped.
 */
export class TrainingBatches {
  /** Batches in an epoch. */
  readonly stepsPerEpoch: number;
  private readonly orderRandom: Random;
  private readonly augmentRandom: Random;
  private readonly transform: Transform;
  private order: Int32Array;
  private orderState: RandomState;
  private epoch = 0;
  private position = 0;

  /** @throws UserError when there are fewer images than a batch takes, or the augmentation does not fit the images */
  constructor(
    private readonly set: ImageSet,
    private readonly indices: Int32Array,
    private readonly options: TrainingBatchOptions,
  ) {
    const { batch, seed, stream, normalisation } = options;
    this.stepsPerEpoch = Math.floor(indices.length / batch);
    if (this.stepsPerEpoch < 1) {
      throw new UserError(`a batch takes ${batch} images but there are only ${indices.length}: lower the batch size`);
    }
    checkAugmentation(options.augment ?? {}, set);
    this.orderRandom = new Random(seed, `data.${stream}.order`);
    this.augmentRandom = new Random(seed, `data.${stream}.augment`);
    this.transform = augment(set.shape, set.pixelType, normalisation, options.augment ?? {}, this.augmentRandom);
    this.orderState = this.orderRandom.state;
    this.order = this.orderRandom.shuffle(indices.slice());
  }

  /**
   * The next batch. It is the caller's own unless an earlier one is handed back as `into` to be filled again; do that
   * only when nothing uses it any more.
   */
  next(into: Batch = newBatch(this.set, this.options.batch)): Batch {
    if (this.position === this.stepsPerEpoch) this.startEpoch();
    const { batch } = this.options;
    fill(into, this.set, this.order.subarray(this.position * batch, (this.position + 1) * batch), this.transform);
    this.position++;
    return into;
  }

  get state(): BatchState {
    const { epoch, position, orderState } = this;
    return { epoch, position, order: [...orderState], augment: this.augmentRandom.state };
  }

  set state({ epoch, position, order, augment }: BatchState) {
    this.orderRandom.state = order;
    this.augmentRandom.state = augment;
    this.orderState = this.orderRandom.state;
    this.order = this.orderRandom.shuffle(this.indices.slice());
    this.epoch = epoch;
    this.position = position;
  }

  private startEpoch(): void {
    this.orderState = this.orderRandom.state;
    // From the indices and not from the last order: an epoch's order then follows from the generator's state alone.
    this.order = this.orderRandom.shuffle(this.indices.slice());
    this.epoch++;
    this.position = 0;
  }
}

/** All images once, in the order of the indices, unchanged but for normalisation; the last batch may be smaller. */
export function* evaluationBatches(
  set: ImageSet,
  indices: Int32Array,
  { normalisation, batch }: { normalisation: Normalisation; batch: number },
): Generator<Batch> {
  const transform = normalise(set.shape, set.pixelType, normalisation);
  for (let at = 0; at < indices.length; at += batch) {
    const chosen = indices.subarray(at, at + batch);
    yield fill(newBatch(set, chosen.length), set, chosen, transform);
  }
}

/** 0 .. count - 1: every image of a set. */
export function allIndices(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

function newBatch(set: ImageSet, count: number): Batch {
  return { images: new Float32Array(count * imageSize(set.shape)), labels: new Int32Array(count) };
}

function fill(into: Batch, set: ImageSet, chosen: Int32Array, transform: Transform): Batch {
  const size = imageSize(set.shape);
  for (let i = 0; i < chosen.length; i++) {
    transform(set.image(chosen[i]), into.images, i * size);
    into.labels[i] = set.labels[chosen[i]];
  }
  return into;
}

function checkAugmentation({ shift = 0, cutout = 0 }: Augmentation, { shape }: ImageSet): void {
  const shortest = Math.min(shape[1], shape[2]);
  for (const [name, pixels] of Object.entries({ shift, cutout })) {
    if (Number.isInteger(pixels) && pixels >= 0 && pixels < shortest) continue;
    throw new UserError(
      `augment.${name} is ${pixels}: it must be a whole number of pixels from 0 to ${shortest - 1} for ${formatShape(shape)} images`,
    );
  }
}
