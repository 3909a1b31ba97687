import type { ImageShape } from '../spec.ts';
import type { Picture } from './decode.ts';

/**
 * Fits a picture to `[C, H, W]` (C is 1 or 3): the largest centred part of the wanted proportions, resampled, converted
 * between grey and colour as needed. `into` gets the planes.
 */
export function fitPicture(picture: Picture, [channels, height, width]: ImageShape, into: Uint8Array): void {
  const scale = Math.min(picture.width / width, picture.height / height);
  const columns = filterTaps(picture.width, width, scale);
  const rows = filterTaps(picture.height, height, scale);
  const narrow = resampleRows(picture, columns, width);
  const planes = resampleColumns(narrow, rows, width * picture.channels);
  const plane = height * width;
  for (let i = 0; i < plane; i++) {
    if (picture.channels === channels) {
      for (let c = 0; c < channels; c++) into[c * plane + i] = Math.round(planes[i * channels + c]);
    } else if (picture.channels === 1) {
      for (let c = 0; c < channels; c++) into[c * plane + i] = Math.round(planes[i]);
    } else {
      into[i] = luma(planes[3 * i], planes[3 * i + 1], planes[3 * i + 2]);
    }
  }
}

/** Grey of a colour (ITU-R BT.601). */
function luma(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

/** For each output position: first source position and the weights from there on, which sum to 1. */
interface Taps {
  first: number;
  weights: Float64Array;
}

/**
 * A triangle as wide as the output pixel's footprint: bilinear interpolation when enlarging, and a weighted mean over
 * the area when shrinking, so that nothing aliases.
 */
function filterTaps(from: number, to: number, scale: number): Taps[] {
  const margin = (from - to * scale) / 2;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = margin + (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const end = Math.min(from, Math.ceil(centre + radius));
    const weights = Float64Array.from({ length: end - first }, (_, tap) =>
      Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / radius),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map(weight => weight / total) };
  });
}

function resampleRows(
  { width: from, height, channels, data }: Picture,
  taps: readonly Taps[],
  to: number,
): Float32Array {
  const result = new Float32Array(height * to * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      const { first, weights } = taps[x];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let t = 0; t < weights.length; t++) sum += weights[t] * data[(y * from + first + t) * channels + c];
        result[(y * to + x) * channels + c] = sum;
      }
    }
  }
  return result;
}

function resampleColumns(rows: Float32Array, taps: readonly Taps[], rowLength: number): Float32Array {
  const result = new Float32Array(taps.length * rowLength);
  taps.forEach(({ first, weights }, y) => {
    weights.forEach((weight, t) => {
      const source = (first + t) * rowLength;
      for (let i = 0; i < rowLength; i++) result[y * rowLength + i] += weight * rows[source + i];
    });
  });
  return result;
}
