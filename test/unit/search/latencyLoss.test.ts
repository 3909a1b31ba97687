import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { createLatencyTerm } from '../../../src/search/latencyLoss.ts';
import type { LatencyLoss } from '../../../src/space/searchSpace.ts';

const forms: LatencyLoss[] = [
  { form: 'constraint', lambdaRate: 0.5 },
  { form: 'add#linear', lambda: 0.4 },
  { form: 'mul#log', a: 0.2, b: 0.3 },
];

describe.each(forms)('the loss form $form', form => {
  it('has the slopes of its loss, above and below the target', () => {
    const term = createLatencyTerm(form, 20);
    // The constraint's multiplier is 0 until latency was seen off the target.
    term.update(30);
    const step = 1e-5;
    for (const [crossEntropy, expected] of [
      [1.7, 35],
      [0.4, 12],
    ]) {
      const pull = term.apply(crossEntropy, expected);
      const loss = (ce: number, e: number) => term.apply(ce, e).loss;
      const byCrossEntropy = (loss(crossEntropy + step, expected) - loss(crossEntropy - step, expected)) / (2 * step);
      const byLatency = (loss(crossEntropy, expected + step) - loss(crossEntropy, expected - step)) / (2 * step);
      expect(pull.byCrossEntropy).toBeCloseTo(byCrossEntropy, 8);
      expect(pull.byLatency).toBeCloseTo(byLatency, 8);
    }
  });
});

describe('createLatencyTerm', () => {
  it('gives the published forms their values', () => {
    // 1.5 + 0.1 (100 - 80) / 80
    expect(createLatencyTerm({ form: 'add#linear' }, 80).apply(1.5, 100).loss).toBeCloseTo(1.525, 12);
    // 0.2 x 1.5 x (ln 6400 / ln 80)^0.3 = 0.3 x 2^0.3
    expect(createLatencyTerm({ form: 'mul#log' }, 80).apply(1.5, 6400).loss).toBeCloseTo(0.3 * 2 ** 0.3, 12);
  });

  it('lets the multiplier of the constraint rise above the target, fall below it and rest at it', () => {
    const term = createLatencyTerm({ form: 'constraint', lambdaRate: 0.1 }, 10);
    term.update(15);
    expect(term.lambda).toBeCloseTo(0.05, 12);
    term.update(10);
    expect(term.lambda).toBeCloseTo(0.05, 12);
    term.update(2);
    expect(term.lambda).toBeCloseTo(-0.03, 12);
  });

  it('damps the constraint: it pulls towards the target from both sides, and at the target by the multiplier alone', () => {
    const term = createLatencyTerm({ form: 'constraint', lambdaRate: 0.1 }, 10);
    expect(term.apply(1, 10)).toEqual({ loss: 1, byCrossEntropy: 1, byLatency: 0 });
    // 1 + 2^2 / 2, slope 2 / 10 per ms; below the target 1 + 0.5^2 / 2, slope -0.5 / 10.
    expect(term.apply(1, 30)).toEqual({ loss: 3, byCrossEntropy: 1, byLatency: 0.2 });
    expect(term.apply(1, 5)).toEqual({ loss: 1.125, byCrossEntropy: 1, byLatency: -0.05 });
    term.update(13);
    expect(term.apply(1, 10).byLatency).toBeCloseTo(0.003, 12);
    // 1 + 0.03 x 2 + 2
    expect(term.apply(1, 30).loss).toBeCloseTo(3.06, 12);
  });

  it('refuses mul#log at a target of 1 ms or less, and gives a finite loss for a network under 1 ms', () => {
    for (const target of [1, 0.3]) expect(() => createLatencyTerm({ form: 'mul#log' }, target)).toThrow(UserError);
    const pull = createLatencyTerm({ form: 'mul#log' }, 5).apply(1.5, 0.4);
    expect(pull.byLatency).toBe(0);
    expect(Number.isFinite(pull.loss)).toBe(true);
  });
});
