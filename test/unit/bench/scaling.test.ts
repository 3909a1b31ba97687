import { describe, expect, it } from 'vitest';
import { macs } from '../../../src/space/analysis.ts';
import { reportScaling, type Timings } from '../../bench/scaling.ts';
import { type Scaling, scalingSpace, scalings } from '../../bench/scalingSpaces.ts';

const timings = (...weight: number[]): Timings => ({ weight, archTwo: weight, archFull: weight.map(ms => 2 * ms) });

describe('the scaling benchmark', () => {
  it('varies one thing at a time', () => {
    const usual = scalings.get('batch=32') as Scaling;
    for (const [name, scaling] of scalings) {
      const [what, value] = name.split('=');
      expect(scaling).toEqual({ ...usual, [what]: Number(value) });
    }
  });

  it('has as many blocks and candidates as it says, and every path of equal cost', () => {
    const { blocks } = scalingSpace({ batch: 1, width: 32, depth: 3, candidates: 5 });
    const searched = blocks.filter(({ candidates }) => candidates.length > 1);
    expect(searched.map(({ candidates }) => candidates.length)).toEqual([5, 5, 5]);
    for (const { candidates, output } of searched) {
      expect(output[0]).toBe(32);
      expect(new Set(candidates.map(({ layers }) => macs(layers))).size).toBe(1);
    }
  });

  it('compares steps of one round, whatever the machine did in another', () => {
    const times = new Map([
      ['batch=32', timings(10, 10, 50)],
      ['batch=64', timings(20, 20, 100)],
    ]);
    const { text, figures } = reportScaling(times, { rounds: 3, threads: 2, seed: 1 });
    expect(figures).toMatchObject({
      rows: [{ factor: 1 }, { factor: 2, steps: [{ ms: 20, growth: 2 }, {}, { ms: 40 }] }],
    });
    expect(text).toMatch(/batch 64 +x2 +20\.0 +x2\.00/);
  });
});
