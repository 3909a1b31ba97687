import type { ImageSet } from './imageSet.ts';

/** Per-channel mean and standard deviation in units of the stored pixels (0 .. 255 for bytes), `[C]` each. */
export interface Normalisation {
  mean: Float32Array;
  std: Float32Array;
}

/**
 * Mean and (population) standard deviation of every channel over the chosen images: those of the training split, so that
 * nothing is learned from validation or test. A constant channel gets a deviation of 1.
 */
export function normalisation(set: ImageSet, indices: Int32Array): Normalisation {
  const [channels, height, width] = set.shape;
  const plane = height * width;
  const count = indices.length * plane;
  // Sums of differences to a value near the mean: a large offset would otherwise swallow the variance.
  const origin = Float64Array.from({ length: channels }, (_, c) => set.image(indices[0])[c * plane]);
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (const index of indices) {
    const pixels = set.image(index);
    for (let c = 0; c < channels; c++) {
      let ofImage = 0;
      let ofSquares = 0;
      for (let i = c * plane; i < (c + 1) * plane; i++) {
        const difference = pixels[i] - origin[c];
        ofImage += difference;
        ofSquares += difference * difference;
      }
      sum[c] += ofImage;
      squares[c] += ofSquares;
    }
  }
  return {
    mean: Float32Array.from(sum, (total, c) => origin[c] + total / count),
    std: Float32Array.from(squares, (total, c) => {
      const variance = total / count - (sum[c] / count) ** 2;
      return variance > 0 ? Math.sqrt(variance) : 1;
    }),
  };
}
