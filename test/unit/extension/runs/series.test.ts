import { describe, expect, it } from 'vitest';
import { Series } from '../../../../src/extension/runs/series.ts';

function filled(count: number, value: (step: number) => number): Series {
  const series = new Series();
  for (let step = 0; step < count; step++) series.add(step, value(step));
  return series;
}

describe('Series', () => {
  it('keeps every point of a short curve', () => {
    const { steps, values } = filled(100, step => step * 2).points();
    expect([...steps]).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...values]).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i));
  });

  it('stays within a few thousand points, in order, however long the curve', () => {
    const { steps } = filled(1_000_000, step => Math.sin(step)).points();
    expect(steps.length).toBeLessThanOrEqual(4096);
    expect(steps.length).toBeGreaterThan(1500);
    expect([...steps]).toEqual([...steps].sort((a, b) => a - b));
  });

  it('loses no spike', () => {
    const series = filled(300_000, step => (step === 123_457 ? 99 : step === 200_001 ? -99 : 0));
    for (const points of [series.points(), series.points(100)]) {
      const at = (value: number) => points.steps[points.values.indexOf(value)];
      expect([at(99), at(-99)]).toEqual([123_457, 200_001]);
    }
  });

  it('gives about as many points as are asked for', () => {
    const { steps } = filled(50_000, step => step % 97).points(200);
    expect(steps.length).toBeGreaterThan(100);
    expect(steps.length).toBeLessThanOrEqual(220);
  });

  it('takes steps that come again at their old place', () => {
    const series = filled(10_000, () => 1);
    for (let step = 5000; step < 6000; step++) series.add(step, 5);
    const { steps, values } = series.points();
    expect([...steps]).toEqual([...steps].sort((a, b) => a - b));
    expect(Math.max(...values)).toBe(5);
  });

  it('passes over what is no point', () => {
    const series = new Series(10);
    series.add(3, 1);
    series.add(10.5, 1);
    series.add(12, Number.NaN);
    series.add(Number.MAX_VALUE, 1);
    series.add(11, 7);
    expect(series.points()).toEqual({ steps: Float64Array.of(11), values: Float64Array.of(7) });
  });

  it('survives a step at the end of all numbers', () => {
    const series = filled(10, () => 1);
    series.add(Number.MAX_SAFE_INTEGER, 2);
    expect(series.points().steps.at(-1)).toBe(Number.MAX_SAFE_INTEGER);
  });
});
