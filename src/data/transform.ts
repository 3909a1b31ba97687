import type { Random } from '../base/random.ts';
import type { Pixels, PixelType } from './imageSet.ts';
import type { Normalisation } from './normalisation.ts';
import type { Augmentation, ImageShape } from './spec.ts';
import { imageSize } from './spec.ts';

/** Writes one image, normalised and perhaps changed at random, to `into` from `offset`, `[C, H, W]`. */
export type Transform = (pixels: Pixels, into: Float32Array, offset: number) => void;

/** `(x - mean) / std` per channel. */
export function normalise(shape: ImageShape, pixelType: PixelType, by: Normalisation): Transform {
  const map = pixelMaps(shape, pixelType, by);
  const plane = shape[1] * shape[2];
  return (pixels, into, offset) => {
    for (let c = 0; c < shape[0]; c++) map(c, pixels, c * plane, 1, into, offset + c * plane, plane);
  };
}

/**
 * Normalisation with random changes, drawn from `random` in this order for each image, those not asked for left out:
 * - shift: vertical, then horizontal offset, uniform in -shift .. shift; what comes in is a stored 0 (black), as with
 *   zero padding before a random crop;
 * - flip: left-right with probability one half;
 * - cutout (DeVries and Taylor, 2017): a square with its centre anywhere in the image, cut at the border, is set to the
 *   mean, which is 0 after normalisation.
 */
export function augment(
  shape: ImageShape,
  pixelType: PixelType,
  by: Normalisation,
  { shift = 0, flip = false, cutout = 0 }: Augmentation,
  random: Random,
): Transform {
  const [channels, height, width] = shape;
  const map = pixelMaps(shape, pixelType, by);
  const size = imageSize(shape);
  const black = Float32Array.from(by.mean, (mean, c) => -mean / by.std[c]);
  return (pixels, into, offset) => {
    const down = shift > 0 ? random.below(2 * shift + 1) - shift : 0;
    const right = shift > 0 ? random.below(2 * shift + 1) - shift : 0;
    const mirrored = flip && random.below(2) === 1;
    const top = Math.max(0, down);
    const bottom = Math.min(height, height + down);
    const left = Math.max(0, right);
    const kept = width - Math.abs(right);
    const first = mirrored ? width - 1 - (left - right) : left - right;
    for (let c = 0; c < channels; c++) {
      const start = offset + c * height * width;
      if (down !== 0 || right !== 0) into.fill(black[c], start, start + height * width);
      for (let y = top; y < bottom; y++) {
        const row = (c * height + y - down) * width;
        map(c, pixels, row + first, mirrored ? -1 : 1, into, start + y * width + left, kept);
      }
    }
    if (cutout > 0) cut(into.subarray(offset, offset + size), shape, cutout, random.below(height), random.below(width));
  };
}

function cut(image: Float32Array, [channels, height, width]: ImageShape, side: number, y: number, x: number): void {
  const top = y - (side >> 1);
  const left = x - (side >> 1);
  for (let c = 0; c < channels; c++) {
    for (let row = Math.max(0, top); row < Math.min(height, top + side); row++) {
      const start = (c * height + row) * width;
      image.fill(0, start + Math.max(0, left), start + Math.min(width, left + side));
    }
  }
}

/** Normalises `count` pixels of channel `c`, read with a stride of 1 or -1. */
type PixelMap = (
  c: number,
  from: Pixels,
  at: number,
  stride: number,
  to: Float32Array,
  into: number,
  count: number,
) => void;

/** Bytes go through a table of 256 results per channel, which is twice as fast as computing them. */
function pixelMaps([channels]: ImageShape, pixelType: PixelType, { mean, std }: Normalisation): PixelMap {
  if (pixelType === 'uint8') {
    const tables = Array.from({ length: channels }, (_, c) =>
      Float32Array.from({ length: 256 }, (_, value) => (value - mean[c]) / std[c]),
    );
    return (c, from, at, stride, to, into, count) => {
      const table = tables[c];
      for (let i = 0; i < count; i++) to[into + i] = table[from[at + i * stride]];
    };
  }
  return (c, from, at, stride, to, into, count) => {
    for (let i = 0; i < count; i++) to[into + i] = (from[at + i * stride] - mean[c]) / std[c];
  };
}
