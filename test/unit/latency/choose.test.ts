import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { bestChoices, type Choice, fastestChoice } from '../../../src/latency/choose.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';

function randomInstance(random: Random, blocks: number, candidates: number) {
  const table = (value: () => number) =>
    Array.from({ length: blocks }, (_, l) => Array.from({ length: l === 0 ? 1 : candidates }, value));
  const costs = table(() => random.next());
  for (const block of costs.slice(1)) block[candidates - 1] = 0;
  const scores = table(() => Math.log(1 - random.next()));
  return { predictor: new LatencyPredictor(costs, 0.1), scores };
}

function everyChoice(predictor: LatencyPredictor, scores: number[][], limitMs: number): Choice[] {
  let all: number[][] = [[]];
  for (const block of predictor.costsMs) all = all.flatMap(start => block.map((_, i) => [...start, i]));
  return all
    .map(choices => ({
      choices,
      latencyMs: predictor.predict(choices),
      score: choices.reduce((sum, choice, l) => sum + scores[l][choice], 0),
    }))
    .filter(choice => choice.latencyMs <= limitMs)
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
      const found = bestChoices(predictor, scores, limit, count);
      expect(found.map(choice => choice.choices)).toEqual(expected.map(choice => choice.choices));
      found.forEach((choice, k) => {
        expect(choice.latencyMs).toBe(predictor.predict(choice.choices));
        expect(choice.score).toBeCloseTo(expected[k].score, 12);
      });
    }
  });

  it('finds the fastest network at exactly its latency, and none below it', () => {
    const { predictor, scores } = randomInstance(new Random(6), 6, 4);
    const fastest = fastestChoice(predictor);
    expect(fastest.latencyMs).toBe(predictor.predict(fastest.choices));
    expect(bestChoices(predictor, scores, fastest.latencyMs)[0].choices).toEqual(fastest.choices);
    expect(bestChoices(predictor, scores, fastest.latencyMs * 0.999)).toEqual([]);
  });

  it('never takes a banned candidate', () => {
    const { predictor, scores } = randomInstance(new Random(7), 4, 3);
    scores[2] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
    const found = bestChoices(predictor, scores, 100, 1000);
    expect(found).toHaveLength(3 * 3);
    expect(found.every(choice => choice.choices[2] === 2)).toBe(true);
  });

  it('stays feasible and near the relaxation bound on the size of the published space', () => {
    const { predictor, scores } = randomInstance(new Random(8), 22, 7);
    const limit = 4;
    const found = bestChoices(predictor, scores, limit, 10);
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
    expect(predictor.fixedMs).toBe(2.5);
  });

  it('expects the mean over all networks, with the costs as slope', () => {
    const p = [[1], [0.25, 0.75], [0.5, 0.5]];
    expect(predictor.expectation(p)).toBeCloseTo(0.5 + 2 + 2.5 + 2, 12);
    const moved = [[1], [0.25, 0.75 + 1e-6], [0.5, 0.5]];
    const slope = (predictor.expectation(moved) - predictor.expectation(p)) / 1e-6;
    expect(slope).toBeCloseTo(predictor.costsMs[1][1], 6);
  });
});
