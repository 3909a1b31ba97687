import { describe, expect, it } from 'vitest';
import { createBudgetTerm } from '../../../src/search/budgetTerm.ts';

describe('the term of a budget', () => {
  it('has the slope of its penalty, over the budget and within it', () => {
    const term = createBudgetTerm(20, 0.5);
    const step = 1e-5;
    for (const seen of [20, 30, 24]) {
      term.update(seen);
      for (const expected of [35, 21, 19, 17, 4]) {
        const slope = (term.apply(expected + step).penalty - term.apply(expected - step).penalty) / (2 * step);
        expect(term.apply(expected).byCost).toBeCloseTo(slope, 8);
      }
    }
  });

  it('pulls harder the longer the budget is exceeded, and lets go once it was kept as long', () => {
    const term = createBudgetTerm(10, 0.1);
    // 0.5^2 / 2 and 0.5 / 10: no multiplier yet.
    expect(term.apply(15)).toEqual({ penalty: 0.125, byCost: 0.05 });
    term.update(15);
    expect(term.lambda).toBeCloseTo(0.05, 12);
    expect(term.apply(15).byCost).toBeCloseTo(0.055, 12);
    term.update(5);
    expect(term.lambda).toBeCloseTo(0, 12);
  });

  it('never pulls upwards: far within the budget there is no pull, and no multiplier below zero', () => {
    const term = createBudgetTerm(10);
    for (const expected of [9.9, 5, 0]) {
      expect(term.apply(expected)).toEqual({ penalty: 0, byCost: 0 });
      term.update(expected);
      expect(term.lambda).toBe(0);
    }
    term.update(12);
    expect(term.lambda).toBeGreaterThan(0);
    for (let expected = 0; expected < 10; expected++) expect(term.apply(expected).byCost).toBeGreaterThanOrEqual(0);
  });
});
