import { Random } from '../base/random.ts';
import type { InferenceModel } from '../runtime/ort/inferenceModel.ts';

/** Uniform values in [-1, 1): neither zeros nor denormals, whose arithmetic can be faster or far slower than usual. */
export function randomInputs({ inputs }: InferenceModel): Parameters<InferenceModel['prepare']>[0] {
  const random = new Random(1, 'latency inputs');
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const dims = shape.map(size => {
        if (typeof size !== 'number') throw new Error(`Model input ${name} has no static shape.`);
        return size;
      });
      const size = dims.reduce((product, dim) => product * dim, 1);
      return [name, { values: Float32Array.from({ length: size }, () => 2 * random.next() - 1), dims }];
    }),
  );
}
