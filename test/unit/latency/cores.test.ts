import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Cores, moveToFastest } from '../../../src/latency/cores.ts';
import { measure } from '../../../src/latency/measure.ts';
import { findCores, readCoreList } from '../../../src/latency/targets/systemCores.ts';
import { FakeTarget, named } from './fakeTarget.ts';

/** Two cores, the second of which is free. */
function fakeCores() {
  const moves: number[] = [];
  const cores: Cores = {
    list: [0, 1],
    move: async core => void moves.push(core),
    free: async () => void moves.push(-1),
  };
  return { moves, cores, at: () => moves.at(-1) };
}

describe('moveToFastest', () => {
  it('looks at every core and stays on the one that took least', async () => {
    const { moves, cores, at } = fakeCores();
    await moveToFastest(cores, async () => (at() === 0 ? 1 : 1.7));
    expect(moves).toEqual([0, 1, 0]);
  });
});

describe('measure on cores of which one is slowed down', () => {
  it('gives what a model takes on the other, whichever that is in a round, and lets the system choose again', async () => {
    const { moves, cores, at } = fakeCores();
    let runs = 0;
    // The slow one changes every 200 runs.
    const target: FakeTarget = new FakeTarget(() => (at() === Math.floor(runs++ / 200) % 2 ? 1.7 : 1));
    Object.assign(target, { cores: async () => cores });
    const { measurements } = await measure(
      target,
      named('a', 'b'),
      { threads: 1, seed: 1, budgetSeconds: 10, minRounds: 40 },
      target.clock,
    );
    expect(measurements.map(({ medianMs }) => medianMs)).toEqual([1, 1]);
    expect(new Set(moves)).toEqual(new Set([0, 1, -1]));
    expect(moves.at(-1)).toBe(-1);
  });

  it('leaves more than one thread where they are', async () => {
    const { moves, cores } = fakeCores();
    const target = new FakeTarget(() => 1);
    Object.assign(target, { cores: async () => cores });
    await measure(target, named('a'), { threads: 2, seed: 1, budgetSeconds: 1 }, target.clock);
    expect(moves).toEqual([]);
  });
});

describe('readCoreList', () => {
  it('reads ranges and single cores', () => {
    expect(readCoreList('0-2,5,8-9')).toEqual([0, 1, 2, 5, 8, 9]);
  });
});

describe('findCores', () => {
  const allowed = () =>
    readFileSync('/proc/self/task/' + process.pid + '/status', 'utf8').match(/Cpus_allowed_list:\s*(\S+)/)?.[1];

  it('moves the main thread of this process, and lets it go', async ({ skip }) => {
    const cores = await findCores();
    if (!cores) return skip('this system moves no threads, or has one core');
    const before = allowed();
    for (const core of cores.list) {
      await cores.move(core);
      expect(allowed()).toBe(String(core));
    }
    await cores.free();
    expect(allowed()).toBe(before);
  });
});
