import type { Random } from '../base/random.ts';

/** How a parameter starts. */
export type Initialisation =
  /** Normal with variance 2 / (k k C_out / groups), He et al. (arXiv 1502.01852), fan-out as in the published code. */
  | 'convolution'
  /** Uniform in +-1 / sqrt(inputs). */
  | 'linear'
  | 'ones'
  | 'zeros';

export interface ParameterSpec {
  name: string;
  dims: readonly number[];
  start: Initialisation;
  /** Weight decay applies to it: to weights, not to batch-norm factors and biases. */
  decay: boolean;
  /** Groups of the convolution it belongs to. */
  groups?: number;
}

/** A trained tensor with its momentum, which is only there once it was updated. */
export interface Parameter extends ParameterSpec {
  values: Float32Array;
  momentum?: Float32Array;
}

export function createParameter(spec: ParameterSpec, random: Random): Parameter {
  const size = spec.dims.reduce((product, dim) => product * dim, 1);
  const values = new Float32Array(size);
  if (spec.start === 'ones') values.fill(1);
  if (spec.start === 'convolution') {
    const [out, , k] = spec.dims;
    const deviation = Math.sqrt((2 * (spec.groups ?? 1)) / (k * k * out));
    for (let i = 0; i < size; i++) values[i] = random.normal() * deviation;
  }
  if (spec.start === 'linear') {
    const bound = 1 / Math.sqrt(spec.dims[1]);
    for (let i = 0; i < size; i++) values[i] = (2 * random.next() - 1) * bound;
  }
  return { ...spec, values };
}

/** What batch normalisation remembers for inference. */
export interface RunningStatistics {
  mean: Float32Array;
  variance: Float32Array;
  /** Weight of the newest batch. */
  momentum: number;
}

/**
 * `running = (1 - momentum) running + momentum batch`, the variance made unbiased as usual.
 *
 * @param count elements per channel the batch statistics were taken over
 */
export function updateStatistics(
  running: RunningStatistics,
  mean: Float32Array,
  variance: Float32Array,
  count: number,
): void {
  const { momentum } = running;
  const unbiased = count > 1 ? count / (count - 1) : 1;
  for (let c = 0; c < mean.length; c++) {
    running.mean[c] += momentum * (mean[c] - running.mean[c]);
    running.variance[c] += momentum * (variance[c] * unbiased - running.variance[c]);
  }
}
