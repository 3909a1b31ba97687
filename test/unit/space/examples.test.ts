import { describe, expect, it } from 'vitest';
import { activationBytes, signature } from '../../../src/space/analysis.ts';
import { conv, defineSearchSpace, fashionMnist } from '../../../src/space/index.ts';
import { outputShape } from '../../../src/space/layerGraph.ts';
import { loadSearchSpace } from '../../../src/space/load.ts';

const names = ['fashion-mnist', 'cifar10', 'imagenet-mobile', 'resnet', 'microcontroller'];

describe.each(names)('the example %s', name => {
  it("is a chain from the image to the classes, every candidate of its block's shape", async () => {
    const space = await loadSearchSpace(`examples/${name}.nas.ts`);
    expect(space.name).toBe(name);
    expect(new Set(space.blocks.map(block => block.name)).size).toBe(space.blocks.length);
    let shape = space.input;
    for (const block of space.blocks) {
      expect(block.input).toEqual(shape);
      shape = block.output;
      expect(block.candidates.length).toBeGreaterThan(0);
      for (const { layers, zero } of block.candidates) {
        expect(layers.input).toEqual(block.input);
        if (!zero) expect(outputShape(layers)).toEqual(block.output);
      }
    }
    expect(shape).toEqual([space.classes, 1, 1]);
  });

  it('offers no two candidates in a block that compute the same', async () => {
    const { blocks } = await loadSearchSpace(`examples/${name}.nas.ts`);
    for (const { candidates } of blocks) {
      expect(new Set(candidates.map(({ layers }) => signature(layers))).size).toBe(candidates.length);
    }
  });
});

describe('activationBytes', () => {
  it('counts the maps between blocks, one for each convolution inside, and all of the largest block', () => {
    const space = defineSearchSpace({
      name: 'tiny',
      dataset: fashionMnist(),
      stem: [conv({ kernel: 3, stride: 2, out: 8 })],
      stages: [{ width: 4, depth: 1, stride: 2, candidates: [conv({ kernel: 3 })] }],
      head: {},
      objective: { latency: { targetMs: 1 } },
    });
    // Image, stem and stage outputs, logits; the stem holds convolution, batch norm and activation.
    const between = 28 * 28 + 8 * 14 * 14 + 4 * 7 * 7 + 10;
    const convolutions = 8 * 14 * 14 + 4 * 7 * 7;
    expect(activationBytes(space, 2)).toBe(4 * 2 * (between + convolutions + 3 * 8 * 14 * 14));
  });
});
