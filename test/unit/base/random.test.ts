import { describe, expect, it } from 'vitest';
import { hash32, Random } from '../../../src/base/random.ts';

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  it('gives the same sequence for the same seed and stream', () => {
    const [a, b] = [new Random(7, 'weights'), new Random(7, 'weights')];
    expect(take(20, () => a.uint32())).toEqual(take(20, () => b.uint32()));
  });

  it('gives unrelated sequences for other seeds, for seeds beyond 32 bits and for other streams', () => {
    const starts = [
      new Random(1),
      new Random(2),
      new Random(-1),
      new Random(1 + 2 ** 32),
      new Random(1, 'alpha'),
      new Random(1, 'beta'),
    ].map(random => random.uint32());
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('continues the sequence from a stored state, through JSON', () => {
    const random = new Random(3);
    take(5, () => random.next());
    const stored = JSON.parse(JSON.stringify(random.state));
    const expected = take(10, () => random.normal());
    const restored = new Random(99, 'elsewhere');
    restored.state = stored;
    expect(take(10, () => restored.normal())).toEqual(expected);
  });

  it('is sfc32, here computed in whole numbers modulo 2^32 from a state', () => {
    const random = new Random(-12_345, 'reference');
    const word = 2n ** 32n;
    let [a, b, c, counter] = random.state.map(value => BigInt.asUintN(32, BigInt(value)));
    for (let i = 0; i < 100; i++) {
      const sum = (a + b + counter) % word;
      counter = (counter + 1n) % word;
      a = b ^ (b >> 9n);
      b = (c * 9n) % word;
      c = (((c << 21n) % word) + (c >> 11n) + sum) % word;
      expect(random.uint32()).toBe(Number(sum));
    }
  });

  // Tolerances are five standard errors: for n draws of variance v, 5 sqrt(v / n).
  it('draws uniform numbers in [0, 1) with mean 1/2 and variance 1/12', () => {
    const random = new Random(4);
    const values = take(20_000, () => random.next());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / 20_000));
    expect(Math.abs(mean(values.map(x => (x - 0.5) ** 2)) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / 20_000));
  });

  it('draws normal numbers with the moments 0, 1, 0, 3', () => {
    const random = new Random(5);
    const values = take(20_000, () => random.normal());
    // Variances of x^k: 1, 2, 15, 96.
    for (const [power, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      const moment = mean(values.map(x => x ** power));
      expect(Math.abs(moment - expected), `moment ${power}`).toBeLessThan(5 * Math.sqrt(variance / 20_000));
    }
  });

  it('draws every integer below a limit equally often', () => {
    const random = new Random(6);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[random.below(5)]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.2 * 0.8));
  });

  it('picks in proportion to weights that need not sum to 1, and never a weight of 0', () => {
    const random = new Random(8);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[random.pick([2, 0, 6, 0])]++;
    expect([counts[1], counts[3]]).toEqual([0, 0]);
    expect(Math.abs(counts[0] - 2500)).toBeLessThan(5 * Math.sqrt(10_000 * 0.25 * 0.75));
  });

  it('shuffles to each order equally often, in place', () => {
    const random = new Random(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = ['a', 'b', 'c'];
      expect(random.shuffle(items)).toBe(items);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt((6000 * 5) / 36));
  });
});

describe('hash32', () => {
  it('is FNV-1a: the published values of "" and "a"', () => {
    expect(hash32('') >>> 0).toBe(0x811c9dc5);
    expect(hash32('a') >>> 0).toBe(0xe40c292c);
  });
});
