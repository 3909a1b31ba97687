import type { InferenceModel } from '../../runtime/ort/inference.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { evaluateChain } from '../../training/chain.ts';
import type { Part } from '../../training/part.ts';

/** Images that an exported model is checked on. */
export const CHECKED_IMAGES = 64;

/**
 * Runs the same images through the network as it trains and through the exported file.
 *
 * @param images `[N, C, H, W]`
 * @returns the largest difference between two logits
 */
export async function compareExport(
  runtime: Runtime,
  network: Part,
  model: InferenceModel,
  images: Float32Array,
): Promise<number> {
  const { input } = network.definition;
  const count = images.length / (input[0] * input[1] * input[2]);
  const dims = [count, ...input];
  const packed = await evaluateChain([network], runtime.pack(images, dims), count, 'running');
  const expected = runtime.unpack(packed, [count, packed.length / count, 1, 1]);
  const actual = (await model.run({ image: { values: images, dims } })).output;
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - actual[i])), 0);
}
