import { describe, expect, it } from 'vitest';
import { RunFold } from '../../../../src/extension/runs/runFold.ts';
import { vitalsOf } from '../../../../src/extension/runs/vitals.ts';
import type { RunEvent } from '../../../../src/protocol/events.ts';
import { architecture, keyframe, searchEvents, start, weights } from './exampleLog.ts';

function fold(...events: RunEvent[]): RunFold {
  const state = new RunFold();
  for (const event of events) state.apply(event);
  return state;
}

describe('RunFold', () => {
  it('begins with all candidates alike', () => {
    expect(fold(start).live()).toMatchObject({
      step: 0,
      steps: 1000,
      probabilities: [
        [1 / 3, 1 / 3, 1 / 3],
        [0.5, 0.5],
      ],
    });
  });

  it('sums pulls as minus the gradients', () => {
    const { accuracyPull, latencyPull } = fold(start, architecture(0, 10), architecture(1, 10)).live();
    expect(accuracyPull).toEqual([
      [-1, 1, 0],
      [0, 0],
    ]);
    expect(latencyPull).toEqual([
      [0.5, -0.5, 0],
      [0, 0],
    ]);
  });

  it('is the same from the last keyframe on as from the beginning', () => {
    const events = searchEvents(250);
    const last = events.findLastIndex(({ type }) => type === 'keyframe');
    const whole = fold(...events);
    const tail = fold(start, ...events.slice(last));
    expect(tail.live()).toEqual(whole.live());
    expect(tail.restrictions).toEqual({ locked: [null, 1], banned: [[2], []] });
  });

  it('reads logs without probabilities by their alphas', () => {
    const old: RunEvent = { ...architecture(0, 10), probabilities: undefined } as RunEvent;
    const epoch: RunEvent = {
      type: 'epoch',
      epoch: 0,
      warmup: false,
      accuracy: 0.7,
      crossEntropy: 1,
      choices: [1, 0],
      predictedMs: 0.4,
      macs: 1,
      expectedMs: 0.6,
      entropy: 1,
      alphas: [
        [0, Math.log(2), 0],
        [0, 0],
      ],
    };
    const { live, samples } = (state => ({ live: state.live(), samples: state.samples }))(fold(start, old, epoch));
    expect(live.probabilities[0].map(p => Number(p.toFixed(6)))).toEqual([0.25, 0.5, 0.25]);
    expect(live.entropy).toBeCloseTo((0.5 * Math.log(4) + 0.5 * Math.log(2) + Math.log(2)) / 2, 12);
    expect(samples).toEqual([{ epoch: 0, accuracy: 0.7, predictedMs: 0.4 }]);
  });

  it('replaces an epoch that is run again', () => {
    const epoch = (n: number, accuracy: number) =>
      ({ type: 'epoch', epoch: n, accuracy, alphas: [], predictedMs: 1 }) as unknown as RunEvent;
    const { samples } = fold(start, epoch(0, 0.1), epoch(1, 0.2), epoch(1, 0.3));
    expect(samples.map(({ accuracy }) => accuracy)).toEqual([0.1, 0.3]);
  });

  it('passes over tables that are not of the space', () => {
    const odd = { ...keyframe(5, 1), probabilities: [[1]], locked: [0, 0, 0] } as RunEvent;
    const path: RunEvent = { ...weights(4), path: [1, 2, 3, 4] } as RunEvent;
    const pulls = { ...architecture(1, 10), pulls: [{ indices: [-1, 9], active: 0, accuracy: [1, 1], latency: [1] }] };
    const state = fold(start, odd, path, pulls as RunEvent);
    expect(state.live().probabilities).toHaveLength(2);
    expect(state.live().path).toEqual([]);
    expect(state.restrictions).toEqual({ locked: [null, null], banned: [[], []] });
  });

  it('gives copies that later events leave alone', () => {
    const state = fold(start, architecture(0, 10));
    const before = state.live();
    const text = JSON.stringify(before);
    state.apply(architecture(1, 10));
    expect(JSON.stringify(before)).toBe(text);
  });

  it('knows what the run had taken when it was told last', () => {
    expect(fold(start, weights(0)).energy).toBeNull();
    const told = fold(start, keyframe(100, 1), weights(100), { type: 'stage', stage: 'derive' });
    expect(told.energy).toEqual({ joules: 300, estimated: true });
    told.apply({ type: 'done', energy: { joules: 900, estimated: true } });
    expect(told.energy?.joules).toBe(900);
    expect(vitalsOf(undefined, told, 'done').energy).toEqual(told.energy);
  });

  it('holds a bounded number of warnings, each of bounded length', () => {
    const state = fold(start);
    for (let i = 0; i < 1000; i++) state.apply({ type: 'warning', message: 'x'.repeat(10_000) });
    expect(state.warnings.length).toBeLessThanOrEqual(50);
    expect(Math.max(...state.warnings.map(text => text.length))).toBeLessThan(400);
  });

  it('draws no space of a size that no space has', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ name: `block${i}`, candidates: ['a', 'b'] }));
    expect(fold({ ...start, blocks: many } as RunEvent).space.blocks).toEqual([]);
  });
});
