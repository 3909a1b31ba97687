import { describe, expect, it } from 'vitest';
import { sideBySideFor } from '../../../src/search/sideBySide.ts';
import {
  conv,
  defineSearchSpace,
  imageFolder,
  mbconv,
  type Operator,
  sepconv,
  zero,
} from '../../../src/space/index.ts';

function spaceOf(candidates: Operator[]) {
  return defineSearchSpace({
    name: 'order',
    dataset: imageFolder('images', { classes: 2 }),
    input: [3, 16, 16],
    stem: [conv({ kernel: 3, out: 8 })],
    stages: [{ width: 8, depth: 2, candidates }],
    head: {},
    objective: { latency: { targetMs: 1 } },
  });
}

describe('what kernels work on side by side', () => {
  it('are channels where all there is to choose is 1x1 and depthwise convolutions, whatever the fixed stem', () => {
    expect(sideBySideFor(spaceOf([mbconv({ kernel: 3, expand: 3 }), sepconv({ kernel: 5 }), zero()]))).toBe('channels');
  });

  it('are images where maps would have to be reordered', () => {
    const squeezing = mbconv({ kernel: 3, expand: 3, squeezeExcite: true });
    for (const other of [conv({ kernel: 3 }), squeezing])
      expect(sideBySideFor(spaceOf([mbconv({ kernel: 3, expand: 3 }), other]))).toBe('images');
  });
});
