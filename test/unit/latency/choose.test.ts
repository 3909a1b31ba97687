import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { bestChoices, type Choice, fastestChoice } from '../../../src/latency/choose.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { type Cost, keeps, type Limit, networkCost } from '../../../src/space/cost.ts';

function randomInstance(random: Random, blocks: number, candidates: number) {
  const table = (value: () => number) =>
    Array.from({ length: blocks }, (_, l) => Array.from({ length: l === 0 ? 1 : candidates }, value));
  const costs = table(() => random.next());
  for (const block of costs.slice(1)) block[candidates - 1] = 0;
  const scores = table(() => Math.log(1 - random.next()));
  return { predictor: new LatencyPredictor(costs, 0.1), scores };
}

const within = (predictor: LatencyPredictor, most: number): Limit[] => [{ cost: predictor.cost, most }];

function everyChoice(predictor: LatencyPredictor, scores: number[][], limitMs: number): Choice[] {
  let all: number[][] = [[]];
  for (const block of predictor.costsMs) all = all.flatMap(start => block.map((_, i) => [...start, i]));
  return all
    .map(choices => ({
      choices,
      score: choices.reduce((sum, choice, l) => sum + scores[l][choice], 0),
    }))
    .filter(({ choices }) => predictor.predict(choices) <= limitMs)
    .sort((a, b) => b.score - a.score);
}

describe('bestChoices', () => {
  it('finds the same best networks as trying all', () => {
    const random = new Random(5);
    for (let trial = 0; trial < 40; trial++) {
      const { predictor, scores } = randomInstance(random, 5, 4);
      const limit = 0.2 + 2.5 * random.next();
      const count = 1 + random.below(12);
      const expected = everyChoice(predictor, scores, limit).slice(0, count);
      const found = bestChoices(scores, within(predictor, limit), count);
      expect(found.map(choice => choice.choices)).toEqual(expected.map(choice => choice.choices));
      found.forEach((choice, k) => {
        expect(choice.score).toBeCloseTo(expected[k].score, 12);
      });
    }
  });

  it('finds the fastest network at exactly its latency, and none below it', () => {
    const { predictor, scores } = randomInstance(new Random(6), 6, 4);
    const fastest = fastestChoice(predictor);
    expect(fastest.latencyMs).toBe(predictor.predict(fastest.choices));
    expect(bestChoices(scores, within(predictor, fastest.latencyMs))[0].choices).toEqual(fastest.choices);
    expect(bestChoices(scores, within(predictor, fastest.latencyMs * 0.999))).toEqual([]);
  });

  it('never takes a banned candidate', () => {
    const { predictor, scores } = randomInstance(new Random(7), 4, 3);
    scores[2] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
    const found = bestChoices(scores, within(predictor, 100), 1000);
    expect(found).toHaveLength(3 * 3);
    expect(found.every(choice => choice.choices[2] === 2)).toBe(true);
  });

  it('finds the same best networks as trying all, under several limits at once', () => {
    const random = new Random(9);
    let refused = 0;
    for (let trial = 0; trial < 40; trial++) {
      const { predictor, scores } = randomInstance(random, 5, 4);
      const other = (combine: Cost['combine']): Cost => ({ ...randomInstance(random, 5, 4).predictor.cost, combine });
      const limits = [
        { cost: predictor.cost, most: 0.2 + 2 * random.next() },
        { cost: other('sum'), most: 0.2 + 2 * random.next() },
        { cost: other('max'), most: 0.2 + 0.8 * random.next() },
      ];
      const expected = everyChoice(predictor, scores, 100)
        .filter(({ choices }) => keeps(limits, choices))
        .slice(0, 5);
      if (expected.length === 0) refused++;
      expect(bestChoices(scores, limits, 5).map(({ choices }) => choices)).toEqual(
        expected.map(({ choices }) => choices),
      );
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(40);
  });

  it('takes the best of all where only a maximum is limited', () => {
    const cost: Cost = { combine: 'max', constant: 1, values: [[2], [9, 4, 3], [5, 6, 1]] };
    const scores = [[0], [-1, -2, -3], [-2, -1, -3]];
    expect(bestChoices(scores, [{ cost, most: 5 }], 1)).toEqual([{ choices: [0, 1, 0], score: -4 }]);
    expect(bestChoices(scores, [{ cost, most: 1.5 }], 1)).toEqual([]);
  });

  it('keeps several limits on the size of the published space, and is near what one of them alone would allow', () => {
    const random = new Random(10);
    const { predictor, scores } = randomInstance(random, 22, 7);
    // Sizes go with latencies, as they do in networks.
    const values = predictor.costsMs.map(block => block.map(cost => cost * (0.8 + 0.4 * random.next())));
    const limits: Limit[] = [
      { cost: predictor.cost, most: 4 },
      { cost: { combine: 'sum', constant: 0, values }, most: 4.2 },
    ];
    const found = bestChoices(scores, limits, 10);
    expect(found).toHaveLength(10);
    for (const { choices } of found) expect(keeps(limits, choices)).toBe(true);
    const [alone] = bestChoices(scores, limits.slice(0, 1));
    expect(found[0].score).toBeLessThanOrEqual(alone.score);
    expect(alone.score - found[0].score).toBeLessThan(0.5);
  });

  it('stays feasible and near the relaxation bound on the size of the published space', () => {
    const { predictor, scores } = randomInstance(new Random(8), 22, 7);
    const limit = 4;
    const found = bestChoices(scores, within(predictor, limit), 10);
    expect(new Set(found.map(choice => choice.choices.join())).size).toBe(10);
    for (const choice of found) expect(predictor.predict(choice.choices)).toBeLessThanOrEqual(limit);
    // Lagrangian bound: min over m >= 0 of sum_l max_i (score - m cost) + m (limit - constant).
    let bound = Number.POSITIVE_INFINITY;
    for (let m = 0; m < 20; m += 0.01) {
      const relaxed = predictor.costsMs.map((block, l) => Math.max(...block.map((cost, i) => scores[l][i] - m * cost)));
      bound = Math.min(
        bound,
        relaxed.reduce((sum, value) => sum + value, m * (limit - predictor.constantMs)),
      );
    }
    expect(found[0].score).toBeLessThanOrEqual(bound + 1e-9);
    expect(bound - found[0].score).toBeLessThan(0.2);
  });
});

describe('LatencyPredictor', () => {
  const predictor = new LatencyPredictor([[2], [1, 3], [0, 4]], 0.5);

  it('adds up the chosen costs, the fixed part and the constant', () => {
    expect(predictor.predict([0, 1, 0])).toBe(5.5);
    expect(networkCost(predictor.cost, [0, 1, 0])).toBe(5.5);
  });

  it('expects the mean over all networks, with the costs as slope', () => {
    const p = [[1], [0.25, 0.75], [0.5, 0.5]];
    expect(predictor.expectation(p)).toBeCloseTo(0.5 + 2 + 2.5 + 2, 12);
    const moved = [[1], [0.25, 0.75 + 1e-6], [0.5, 0.5]];
    const slope = (predictor.expectation(moved) - predictor.expectation(p)) / 1e-6;
    expect(slope).toBeCloseTo(predictor.costsMs[1][1], 6);
  });
});
