import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { softmax } from '../../../src/search/architecture.ts';
import { choiceCosts, expectedCost } from '../../../src/search/expectedCost.ts';
import { type Cost, networkCost } from '../../../src/space/cost.ts';

const cost: Cost = { combine: 'sum', constant: 2, values: [[5], [4, 8], [3], [0, 3, 1.5]] };

describe('the expected cost', () => {
  it('is the fixed part and the mean over each choice', () => {
    // 2 + 5 + 3 + (0.25 x 4 + 0.75 x 8) + (0.5 x 0 + 0.25 x 3 + 0.25 x 1.5)
    const probabilities = [
      [0.25, 0.75],
      [0.5, 0.25, 0.25],
    ];
    expect(expectedCost(choiceCosts(cost), probabilities)).toBeCloseTo(18.125, 12);
  });

  it('is the mean over all networks by their probabilities', () => {
    const random = new Random(1);
    const [first, second] = [2, 3].map(size => softmax(Array.from({ length: size }, () => random.normal())));
    const networks = [0, 1].flatMap(a => [0, 1, 2].map(b => ({ choices: [0, a, 0, b], p: first[a] * second[b] })));
    const mean = networks.reduce((sum, { choices, p }) => sum + p * networkCost(cost, choices), 0);
    expect(expectedCost(choiceCosts(cost), [first, second])).toBeCloseTo(mean, 12);
  });
});
