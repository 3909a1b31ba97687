import { describe, expect, it } from 'vitest';
import { allIndices } from '../../../src/data/batches.ts';
import { MemoryImageSet } from '../../../src/data/imageSet.ts';
import { evaluateModel } from '../../../src/engine/trainer/evaluateModel.ts';
import type { InferenceModel } from '../../../src/runtime/ort/inference.ts';

/** A model whose logits are the two pixels of each image, as normalised; it notes the batches it gets. */
function pixelModel(batch: number | string) {
  const batches: number[] = [];
  const model: InferenceModel = {
    inputs: { image: [batch, 1, 1, 2] },
    outputNames: ['logits'],
    run: async ({ image }) => {
      batches.push(image.dims[0]);
      return { logits: image.values };
    },
    prepare: () => async () => undefined,
    release: async () => {},
  };
  return { model, batches };
}

/** Images `[dark, light]` or the reverse; every fourth label is wrong. */
function data(count: number) {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 2 * count }, (_, at) => {
    const [i, place] = [at >> 1, at % 2];
    const right = place === labels[i];
    return right === (i % 4 !== 3) ? 200 : 100;
  });
  const normalisation = { mean: Float32Array.of(100), std: Float32Array.of(100) };
  return {
    set: new MemoryImageSet([1, 1, 2], pixels, labels),
    indices: allIndices(count),
    normalisation,
    augment: {},
    classes: 2,
  };
}

describe('evaluateModel', () => {
  it('gives the share that is right and the mean of -ln p of the labels, over all images', async () => {
    const { model, batches } = pixelModel('N');
    const { accuracy, crossEntropy } = await evaluateModel(model, data(600));
    expect(accuracy).toBe(0.75);
    // Logits 1 and 0: p = e / (1 + e) of the larger.
    const [right, wrong] = [Math.log(1 + Math.exp(-1)), Math.log(1 + Math.E)];
    expect(crossEntropy).toBeCloseTo(0.75 * right + 0.25 * wrong, 6);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(600);
  });

  it('keeps to the batch of a model that has a fixed one', async () => {
    const { model, batches } = pixelModel(4);
    expect((await evaluateModel(model, data(16))).accuracy).toBe(0.75);
    expect(batches).toEqual([4, 4, 4, 4]);
  });

  it('leaves no image out where the batch does not divide them', async () => {
    const { model, batches } = pixelModel('N');
    await evaluateModel(model, data(252));
    expect(batches).toEqual([250, 2]);
  });
});
