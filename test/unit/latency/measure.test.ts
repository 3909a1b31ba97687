import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { measureInBatches } from '../../../src/latency/batches.ts';
import { type MeasureOptions, measure } from '../../../src/latency/measure.ts';
import { FakeTarget, named } from './fakeTarget.ts';

const options: MeasureOptions = { threads: 1, seed: 1, budgetSeconds: 1 };
const run = (target: FakeTarget, names: string[], more: Partial<MeasureOptions> = {}) =>
  measure(target, named(...names), { ...options, ...more }, target.clock);

describe('measure', () => {
  it('finds the median of skewed times and is not moved by outliers', async () => {
    const random = new Random(3);
    const target = new FakeTarget(name => (name === 'a' ? 1 : 2) + (random.next() < 0.1 ? 10 : 0.01 * random.next()));
    const { measurements } = await run(target, ['a', 'b']);
    expect(measurements.map(m => m.key)).toEqual(['a', 'b']);
    expect(measurements[0].medianMs).toBeCloseTo(1.005, 2);
    expect(measurements[1].medianMs).toBeCloseTo(2.005, 2);
  });

  it('leaves slow first runs out', async () => {
    const target = new FakeTarget((_, n) => (n < 8 ? 20 - n : 1));
    const { measurements } = await run(target, ['a']);
    expect(measurements[0].medianMs).toBe(1);
    expect(measurements[0].madMs).toBe(0);
  });

  it('stops early when medians are certain, and at the budget when they are not', async () => {
    const sure = new FakeTarget(() => 1);
    await run(sure, ['a', 'b'], { budgetSeconds: 100 });
    expect(sure.clock()).toBeLessThan(200);

    const random = new Random(1);
    const unsure = new FakeTarget(() => 1 + 20 * random.next());
    const { noise } = await run(unsure, ['a', 'b'], { budgetSeconds: 2, tolerance: 1e-9 });
    expect(unsure.clock()).toBeGreaterThan(2000);
    expect(unsure.clock()).toBeLessThan(2500);
    expect(noise).toMatchObject({ noisy: true, unsettled: 2, models: 2 });
    expect(noise.message).toMatch(/^The machine is noisy/);
  });

  it('makes its least number of rounds under any budget', async () => {
    const target = new FakeTarget(() => 1000);
    const { measurements } = await run(target, ['a'], { budgetSeconds: 0.001, minRounds: 3 });
    expect(measurements[0].samples).toBe(3);
  });

  it('spreads drift over all models by visiting them in random order', async () => {
    const target = new FakeTarget(() => 1 + target.runs.length / 1000);
    const { measurements } = await run(target, ['a', 'b', 'c', 'd'], { budgetSeconds: 3, tolerance: 1e-9 });
    const medians = measurements.map(m => m.medianMs);
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.06);
    const firstOfRound = new Set(target.runs.filter((name, i) => i > 20 && name !== target.runs[i - 1]));
    expect(firstOfRound.size).toBe(4);
  });

  it('measures at one pace where the machine is slow for half of the time', async () => {
    const random = new Random(2);
    const target = new FakeTarget(name => {
      const slow = Math.floor(target.clock() / 700) % 2 ? 1.6 : 1;
      return slow * Number(name) * (1 + 0.01 * random.next());
    });
    const names = Array.from({ length: 12 }, (_, i) => `${i + 1}`);
    const { measurements } = await run(target, names, { budgetSeconds: 20, tolerance: 1e-9 });
    for (const { key, medianMs } of measurements) expect(medianMs / Number(key)).toBeCloseTo(1.005, 2);
  });

  it('brings batches to one pace by what they measure in common', async () => {
    // Until the first batch is released, the machine is slow.
    const ms = (name: string) => 1 + Number(name) / 100;
    const target = new FakeTarget(name => ms(name) * (target.opened.has('20') ? 1.5 : 1));
    const names = Array.from({ length: 200 }, (_, i) => `${i}`);
    const { measurements } = await measureInBatches(
      (models, batchOptions) => measure(target, models, batchOptions, target.clock),
      names.map(key => ({ key, build: () => new TextEncoder().encode(key) })),
      options,
    );
    for (const { key, medianMs } of measurements) expect(medianMs).toBeCloseTo(ms(key), 6);
  });

  it('repeats a very short model within one sample', async () => {
    const target = new FakeTarget(() => 0.001);
    const { measurements } = await run(target, ['a']);
    expect(measurements[0].medianMs).toBeCloseTo(0.001, 9);
    expect(target.runs.length).toBeGreaterThan(500 * measurements[0].samples);
  });

  it('times a slow model once per visit, so that rounds stay short', async () => {
    const target = new FakeTarget(() => 100);
    const { measurements } = await run(target, ['a'], { budgetSeconds: 0.001 });
    // Four runs of warm-up, then eight rounds of one run for the caches and one that counts.
    expect(target.runs).toHaveLength(4 + 8 * 2);
    expect(measurements[0].samples).toBe(8);
  });

  it('has nothing to say of no models', async () => {
    expect((await run(new FakeTarget(() => 1), [])).measurements).toEqual([]);
  });

  it('releases every session, also after a failure and after an abort', async () => {
    const target = new FakeTarget(() => 1);
    await run(target, ['a', 'b']);
    expect(target.opened.size).toBe(0);
    await expect(run(target, ['a', 'bad model'])).rejects.toThrow('cannot open bad model');
    expect(target.opened.size).toBe(0);
    const controller = new AbortController();
    const aborted = run(target, ['a', 'b'], {
      signal: controller.signal,
      onSample: () => controller.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(target.opened.size).toBe(0);
  });

  it('goes on from samples of an interrupted measurement', async () => {
    const target = new FakeTarget(() => 3);
    const [model] = named('a');
    const samplesMs = new Array<number>(20).fill(3);
    const { measurements } = await measure(target, [{ ...model, samplesMs }], options, target.clock);
    expect(measurements[0]).toMatchObject({ samples: 28, medianMs: 3 });
  });

  it('bounds the number of open sessions, and reports all models in order with rising progress', async () => {
    const target = new FakeTarget(() => 1);
    const names = Array.from({ length: 230 }, (_, i) => `m${i}`);
    const progress: number[] = [];
    const report = await measureInBatches(
      (models, batchOptions) => measure(target, models, batchOptions, target.clock),
      names.map(key => ({ key, build: () => new TextEncoder().encode(key) })),
      { ...options, onProgress: share => progress.push(share) },
    );
    expect(report.measurements.map(m => m.key)).toEqual(names);
    expect(target.mostOpen).toBe(128);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(report.noise.models).toBe(230);
  });
});
