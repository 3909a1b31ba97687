import { describe, expect, it } from 'vitest';
import { countCorrect, smoothedTargets, sumCrossEntropy } from '../../../src/training/targets.ts';

describe('smoothedTargets', () => {
  it('spreads the smoothing over all classes, the right one included', () => {
    // 1 - 0.1 + 0.1 / 4 = 0.925 and 0.025
    const [a, b] = [0.925, 0.025].map(Math.fround);
    const targets = smoothedTargets([2, 0], 4, 0.1);
    [b, b, a, b, a, b, b, b].forEach((value, i) => {
      expect(targets[i]).toBeCloseTo(value, 6);
    });
  });
});

describe('countCorrect', () => {
  it('counts the rows whose largest number is at the label', () => {
    expect(countCorrect([1, 2, 0, 3, 2, 1, -3, -2, -1], [1, 1, 2], 3)).toBe(2);
  });
});

describe('sumCrossEntropy', () => {
  it('is the sum of -log softmax at the labels, also for large logits', () => {
    // softmax(ln 1, ln 3) = (1/4, 3/4); two equal logits give ln 2 whatever their size.
    expect(sumCrossEntropy([0, Math.log(3), 5000, 5000], [0, 1], 2)).toBeCloseTo(Math.log(4) + Math.log(2), 12);
  });
});
