import { describe, expect, it } from 'vitest';
import { clock } from '../../../src/base/duration.ts';
import { StageClock } from '../../../src/base/stageClock.ts';

describe('StageClock', () => {
  const at = (report: [second: number, stage: string, fraction: number][]) => {
    let now = 0;
    const stages = new StageClock(() => now * 1000);
    return report.map(([second, stage, fraction]) => {
      now = second;
      return stages.report({ stage, fraction, text: '' });
    });
  };

  it('expects the rest to go at the pace so far', () => {
    const [, later] = at([
      [100, 'search', 0],
      [130, 'search', 0.25],
    ]);
    expect(later.now).toMatchObject({ elapsedSeconds: 30, leftSeconds: 90 });
  });

  it('leaves out of the pace what was done before, as when a run goes on', () => {
    const [, later] = at([
      [0, 'search', 0.5],
      [10, 'search', 0.6],
    ]);
    expect(later.now.leftSeconds).toBeCloseTo(40, 9);
  });

  it('does not count the time for which the work was paused', () => {
    let now = 0;
    const stages = new StageClock(() => now * 1000);
    stages.report({ stage: 'search', fraction: 0, text: '' });
    now = 10;
    stages.pause();
    now = 1000;
    stages.resume();
    now = 1010;
    expect(stages.report({ stage: 'search', fraction: 0.5, text: '' }).now).toMatchObject({
      elapsedSeconds: 20,
      leftSeconds: 20,
    });
  });

  it('promises nothing before there is a pace', () => {
    const [first, soon, stuck] = at([
      [0, 'search', 0],
      [0.5, 'search', 0.1],
      [9, 'search', 0],
    ]);
    for (const { now } of [first, soon, stuck]) expect(now.leftSeconds).toBeUndefined();
  });

  it('ends a stage when the next one begins, and starts its time anew', () => {
    const [, change] = at([
      [0, 'profile', 0.9],
      [20, 'search', 0],
    ]);
    expect(change.ended).toMatchObject({ stage: 'profile', elapsedSeconds: 20 });
    expect(change.now).toMatchObject({ stage: 'search', elapsedSeconds: 0 });
  });

  it('keeps fractions between 0 and 1', () => {
    const [below, above] = at([
      [0, 'search', -0.1],
      [5, 'search', 1.2],
    ]);
    expect(below.now.fraction).toBe(0);
    expect(above.now.fraction).toBe(1);
  });
});

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [59.6, '1:00'],
    [185, '3:05'],
    [3723, '1:02:03'],
    [-1, '0:00'],
  ])('shows %d s as %s', (seconds, text) => expect(clock(seconds)).toBe(text));
});
