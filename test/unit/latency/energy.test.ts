import { describe, expect, it } from 'vitest';
import { measureEnergy } from '../../../src/latency/energy.ts';
import { FakeTarget, named } from './fakeTarget.ts';

/** 5 W idle; `a` adds 10 W for 1 ms a run, `b` 20 W for 3 ms. */
const IDLE_WATTS = 5;
const watts: Record<string, number> = { a: 10, b: 20 };
const times: Record<string, number> = { a: 1, b: 3 };

/** A device that counts in steps of a millisecond, with another load on it during some of its time. */
class CountingTarget extends FakeTarget {
  slept = 0;
  private worked = 0;
  private taken = 0;

  constructor(
    private readonly otherWatts: (ms: number) => number = () => 0,
    private readonly breaksAfter = Number.POSITIVE_INFINITY,
  ) {
    super(name => {
      this.worked += watts[name] * times[name];
      return times[name];
    });
  }

  readonly timing = {
    nowMs: () => this.clock() + this.slept,
    sleep: async (ms: number) => {
      this.slept += ms;
    },
  };

  countEnergy() {
    const total = () => {
      const ms = Math.floor(this.timing.nowMs());
      let other = 0;
      for (let at = 0; at < ms; at++) other += this.otherWatts(at);
      return (IDLE_WATTS * ms + this.worked + other) / 1000;
    };
    return {
      take: () => {
        if (this.timing.nowMs() > this.breaksAfter) return undefined;
        const before = this.taken;
        this.taken = total();
        return this.taken - before;
      },
    };
  }
}

const options = { threads: 1, seed: 1 };
const measured = async (target: CountingTarget) => {
  const { idleWatts, models } = await measureEnergy(target, named('a', 'b'), options, target.timing);
  return { idleWatts, ...Object.fromEntries(models.map(({ key, joules }) => [key, joules])) };
};

describe('the energy of models', () => {
  it('is what a run takes above an idle machine', async () => {
    const target = new CountingTarget();
    const { idleWatts, a, b } = (await measured(target)) as Record<string, number>;
    expect(idleWatts).toBeCloseTo(5, 9);
    expect(a).toBeCloseTo(0.01, 6);
    expect(b).toBeCloseTo(0.06, 6);
    expect(target.opened.size).toBe(0);
  });

  it('is not moved by a load that comes and goes', async () => {
    const { a, b } = (await measured(new CountingTarget(ms => (ms > 1500 && ms < 2400 ? 30 : 0)))) as Record<
      string,
      number
    >;
    expect(a / 0.01).toBeCloseTo(1, 1);
    expect(b / 0.06).toBeCloseTo(1, 1);
  });

  it('is not made up where the device does not tell, or stops telling', async () => {
    const silent = new FakeTarget(() => 1);
    await expect(measureEnergy(silent, named('a'), options)).rejects.toThrow('cannot be read');
    expect(silent.opened.size).toBe(0);
    const broken = new CountingTarget(() => 0, 1000);
    await expect(measured(broken)).rejects.toThrow('cannot be read');
    expect(broken.opened.size).toBe(0);
  });
});
