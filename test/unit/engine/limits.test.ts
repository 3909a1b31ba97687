import { describe, expect, it } from 'vitest';
import { randomFeasible } from '../../../src/engine/contest/baselines.ts';
import { checkLimits } from '../../../src/engine/search/checkLimits.ts';
import { type DeriveTools, derive } from '../../../src/engine/search/derive.ts';
import {
  allLimits,
  impossibleCandidates,
  type Limits,
  limitsAsMeasured,
  searchedCosts,
  smallestNetwork,
} from '../../../src/engine/search/limits.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { deriveNetwork } from '../../../src/space/analysis.ts';
import { type Budget, countedCost, countNetwork } from '../../../src/space/budgets.ts';
import { costRange, keeps, networkCost } from '../../../src/space/cost.ts';
import { tinySpace } from './tinySpace.ts';

const space = tinySpace();
const macs = countedCost(space, 'macs');
const peak = countedCost(space, 'peakActivationBytes');
const budgetOf = (most: number): Budget => ({ name: 'macs', most, cost: macs });
const memoryOf = (most: number): Budget => ({ name: 'peakActivationBytes', most, cost: peak });
/** From 2 ms (all least) to 2 + 3 + 5 + 4 ms. */
const predictor = new LatencyPredictor([[0.5], [1, 3, 0], [2, 5], [1.5, 4, 0], [0.5]], 1);
const equal = [
  [0, 0, 0],
  [0, 0],
  [0, 0, 0],
];
const { min, max } = costRange(macs);

/** The more multiply-adds, the better; and nothing is measured. */
const byMacs: DeriveTools = {
  judge: async networks => networks.map(choices => 1 - networkCost(macs, choices) / (2 * max)),
  rehearse: async () => {
    throw new Error('this space asks for no finalists');
  },
  rest: async () => {},
  onProgress: () => {},
};
const derived = (limits: Limits, alphas = equal) => derive(space, alphas, limits, 1, byMacs);

describe('derivation within a budget', () => {
  it('finds larger networks the more the budget allows, and never one over it', async () => {
    const found: number[] = [];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const most = min + share * (max - min);
      const { choices, ...latency } = await derived({ budgets: [budgetOf(most)] });
      expect(latency).toEqual({ predictedMs: undefined, measuredMs: undefined });
      const taken = networkCost(macs, choices);
      expect(taken).toBeLessThanOrEqual(most);
      expect(taken).toBe(countNetwork(deriveNetwork(space, choices), space).macs);
      found.push(taken);
    }
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(new Set(found).size).toBe(5);
    expect([found[0], found[4]]).toEqual([min, max]);
  });

  it('leaves a budget unused where the probabilities want less', async () => {
    const alphas = [
      [0, 0, 9],
      [9, 0],
      [0, 0, 9],
    ];
    const judge: DeriveTools['judge'] = async networks => networks.map(choices => networkCost(macs, choices));
    const { choices } = await derive(space, alphas, { budgets: [budgetOf(max)] }, 1, { ...byMacs, judge });
    expect(networkCost(macs, choices)).toBe(min);
  });

  it('keeps a latency, multiply-adds and memory at once', async () => {
    for (const targetMs of [5, 8, 12]) {
      for (const share of [0.4, 0.7]) {
        const limits: Limits = {
          latency: { predictor, targetMs },
          budgets: [budgetOf(min + share * (max - min)), memoryOf(costRange(peak).max - 1)],
        };
        const { choices, predictedMs, measuredMs } = await derived(limits);
        expect(keeps(allLimits(limits), choices)).toBe(true);
        expect(predictedMs).toBe(predictor.predict(choices));
        expect(measuredMs).toBeUndefined();
      }
    }
  });
});

describe('checkLimits', () => {
  it('refuses a budget below the smallest network, with its figure', () => {
    expect(() => checkLimits({ budgets: [budgetOf(min - 1)] })).toThrow(
      /budget of \d+\.\d k MACs is below the smallest network of the space, which takes \d+\.\d k MACs: raise the budget/,
    );
    checkLimits({ budgets: [budgetOf(min)] });
  });

  it('refuses limits that can only be kept one by one', () => {
    // Fast where many multiply-adds are, and the other way round.
    const contrary = new LatencyPredictor(
      macs.values.map(block => block.map(count => (Math.max(...block) - count) / max)),
      0,
    );
    const latency = { predictor: contrary, targetMs: costRange(contrary.cost).min + 1e-6 };
    checkLimits({ latency, budgets: [budgetOf(max)] });
    checkLimits({ budgets: [budgetOf(min)] });
    expect(() => checkLimits({ latency, budgets: [budgetOf(min)] })).toThrow(
      /no network was found that keeps .* ms and .* MACs at once/,
    );
  });

  it('says when locks and bans are what stands against it', () => {
    const out = Number.NEGATIVE_INFINITY;
    const largest = [
      [out, 0, out],
      [out, 0],
      [out, 0, out],
    ];
    expect(() => checkLimits({ budgets: [budgetOf(max - 1)] }, largest)).toThrow(
      /that locks and bans leave.*lock or ban other/,
    );
  });
});

describe('candidates that are in no network within the budgets', () => {
  it('are those that exceed a memory alone, and every network of the others keeps it', () => {
    const most = costRange(peak).max - 1;
    const banned = impossibleCandidates([memoryOf(most)]);
    expect(banned.flat().length).toBeGreaterThan(0);
    const choiceBlocks = peak.values.filter(block => block.length > 1);
    for (const [choice, block] of choiceBlocks.entries())
      for (const [i, bytes] of block.entries()) expect(banned[choice].includes(i)).toBe(bytes > most);
  });

  it('are those that exceed a sum even with the smallest of all others', () => {
    const blocks = macs.values.filter(block => block.length > 1);
    const growth = blocks.map(block => block.map(count => count - Math.min(...block)));
    const most = min + Math.max(...growth[1]);
    expect(impossibleCandidates([budgetOf(most)])).toEqual(
      growth.map(block => block.flatMap((more, i) => (min + more > most ? [i] : []))),
    );
    expect(impossibleCandidates([])).toEqual([]);
  });

  it('have no term in the loss where memory is the limit', () => {
    expect(searchedCosts({ budgets: [memoryOf(1e6)] }).budgets).toEqual([]);
    expect(searchedCosts({ budgets: [memoryOf(1e6), budgetOf(5)] }).budgets.map(({ most }) => most)).toEqual([5]);
  });
});

describe('networks within limits', () => {
  it('are all that random baselines are drawn from', () => {
    const limits = { latency: { predictor, targetMs: 9 }, budgets: [budgetOf(min + 0.5 * (max - min))] };
    const feasible = randomFeasible(space, allLimits(limits), 100, 1).map(
      ({ layers }) => countNetwork(layers, space).macs,
    );
    expect(feasible.length).toBeGreaterThan(1);
    for (const count of feasible) expect(count).toBeLessThanOrEqual(limits.budgets[0].most);
    const alone = randomFeasible(space, allLimits({ ...limits, budgets: [] }), 100, 1);
    expect(alone.length).toBeGreaterThan(feasible.length);
  });

  it('begin with the smallest one', () => {
    expect(networkCost(macs, smallestNetwork({ budgets: [budgetOf(max)] }) as number[])).toBe(min);
    expect(smallestNetwork({ budgets: [budgetOf(min - 1)] })).toBeUndefined();
  });
});

describe('limits as measured', () => {
  it('allow what the device turned out to take where the table is off by a factor', () => {
    const limits: Limits = { latency: { predictor, targetMs: 4 }, budgets: [budgetOf(max)] };
    // Twice as fast as the table says: networks of 8 ms by the table keep 4 ms.
    const corrected = limitsAsMeasured(limits, { predictedMs: 6, measuredMs: 3 });
    expect(corrected).toEqual({ ...limits, latency: { predictor, targetMs: 8 } });
    expect(limitsAsMeasured(limits, { predictedMs: 6 })).toEqual(limits);
    expect(limitsAsMeasured({ budgets: [] }, {})).toEqual({ latency: undefined, budgets: [] });
  });
});
