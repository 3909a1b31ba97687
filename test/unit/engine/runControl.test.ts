import { setImmediate as otherWork } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { pausable } from '../../../src/engine/control/pausableMeasure.ts';
import { RunControl, Stopped } from '../../../src/engine/control/runControl.ts';
import type { Measure } from '../../../src/latency/measure.ts';
import { reportOf } from './measurements.ts';

function fixture() {
  const told: string[] = [];
  const control = new RunControl({
    phase: phase => told.push(phase),
    refused: message => told.push(`refused: ${message}`),
    end: () => told.push('end'),
  });
  control.log = event => told.push(`log ${event.type}`);
  return { control, told };
}

describe('work between whose steps the engine breathes', () => {
  it('pauses at the end of its step and goes on when it is told', async () => {
    const { control, told } = fixture();
    control.receive({ control: 'pause' });
    expect(told).toEqual([]);
    let passed = false;
    const breath = control.breathe().then(() => {
      passed = true;
    });
    for (let i = 0; i < 5; i++) await otherWork();
    expect([told, passed]).toEqual([['log paused', 'paused'], false]);
    control.receive({ control: 'resume' });
    await breath;
    expect(told).toEqual(['log paused', 'paused', 'log resumed', 'running']);
  });

  it('is not held up by a pause that was taken back before', async () => {
    const { control, told } = fixture();
    control.receive({ control: 'pause' });
    control.receive({ control: 'resume' });
    await control.breathe();
    expect(told).toEqual([]);
  });

  it('does not count pauses as time at work', async () => {
    const { control } = fixture();
    await control.breathe();
    expect(control.pausedMs).toBe(0);
    control.receive({ control: 'pause' });
    const breath = control.breathe();
    await otherWork();
    await otherWork();
    control.receive({ control: 'resume' });
    await breath;
    expect(control.pausedMs).toBeGreaterThan(0);
  });
});

describe('a stop', () => {
  it('ends the process at once, also in a pause, where nothing has to be saved', async () => {
    const { control, told } = fixture();
    control.receive({ control: 'pause' });
    void control.breathe();
    await otherWork();
    await otherWork();
    control.receive({ control: 'stop' });
    control.receive({ control: 'stop' });
    expect(told.slice(2)).toEqual(['stopping', 'log stopped', 'end']);
  });

  it('waits for work that has something to save, and ends it then', async () => {
    const { control, told } = fixture();
    const saved = control.saving(async () => {
      control.receive({ control: 'stop' });
      expect(control.hear().wanted).toBe('stopping');
      return 'saved too late to notice';
    });
    await expect(saved).rejects.toThrow(Stopped);
    expect(told).toEqual(['stopping']);
  });
});

describe('steering', () => {
  it('is refused while no search runs', () => {
    const { control, told } = fixture();
    control.receive({ control: 'steer', block: 0, candidate: 0, action: 'ban' });
    expect(told).toEqual([expect.stringMatching(/^refused: .*while the search runs/)]);
  });

  it('reaches the search once, in a pause as well', async () => {
    const { control } = fixture();
    await control.saving(async () => {
      const change = control.change();
      control.receive({ control: 'steer', block: 1, candidate: 2, action: 'lock' });
      await change;
      expect(control.hear().steering).toMatchObject([{ block: 1, candidate: 2, action: 'lock' }]);
      expect(control.hear().steering).toEqual([]);
    });
  });
});

describe('work in other processes', () => {
  it('is held and released there at once, what begins in a pause too', () => {
    const { control, told } = fixture();
    const held = (name: string) => ({
      hold: () => told.push(`hold ${name}`),
      release: () => told.push(`release ${name}`),
    });
    const end = control.holding(held('a'));
    control.receive({ control: 'pause' });
    control.holding(held('b'));
    end();
    control.receive({ control: 'resume' });
    expect(told).toEqual(['hold a', 'log paused', 'paused', 'hold b', 'release b', 'log resumed', 'running']);
  });

  it('does not tell of a pause for the search that it is at work beside, which has not come to the end of its step', async () => {
    const { control, told } = fixture();
    const work = (name: string) => ({ hold: () => told.push(`hold ${name}`), release: () => {} });
    await control.saving(async () => {
      control.holding(work('a'));
      control.receive({ control: 'pause' });
      control.holding(work('b'));
      expect(told).toEqual(['hold a', 'hold b']);
      control.tell('paused');
      control.receive({ control: 'resume' });
    });
    expect(told).toEqual(['hold a', 'hold b', 'log paused', 'paused', 'log resumed', 'running']);
  });
});

describe('a measuring that can be paused', () => {
  const options = { threads: 1, seed: 1, budgetSeconds: 10 };
  const models = [{ key: 'a', model: new Uint8Array() }];

  it('ends its process in the pause and goes on in another with the samples there are', async () => {
    const { control } = fixture();
    const lives: (readonly number[])[] = [];
    const shares: number[] = [];
    const measure: Measure = async ([{ samplesMs = [] }], { onSample, onProgress, signal }) => {
      lives.push([...samplesMs]);
      onSample?.('a', lives.length);
      onProgress?.(0.5);
      if (lives.length === 1) {
        control.receive({ control: 'pause' });
        signal?.throwIfAborted();
      }
      return reportOf([]);
    };
    const report = pausable(measure, control)(models, { ...options, onProgress: share => shares.push(share) });
    for (let i = 0; i < 5; i++) await otherWork();
    expect(lives).toEqual([[]]);
    control.receive({ control: 'resume' });
    await report;
    expect(lives).toEqual([[], [1]]);
    expect(shares).toEqual([0.5, 0.75]);
  });

  it('fails where the measuring fails', async () => {
    const { control } = fixture();
    const fails = pausable(async () => {
      throw new Error('no such device');
    }, control);
    await expect(fails(models, options)).rejects.toThrow('no such device');
  });
});
