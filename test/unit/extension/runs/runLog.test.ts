import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { checkEvent, parseLine } from '../../../../src/extension/runs/logEvents.ts';
import { RunFold } from '../../../../src/extension/runs/runFold.ts';
import { RunLog } from '../../../../src/extension/runs/runLog.ts';
import { logText, searchEvents, start, weights, writeLog } from './exampleLog.ts';

const opened: RunLog[] = [];

async function openLog(file: string): Promise<RunLog> {
  const log = await RunLog.open(file);
  if (!log) throw new Error('no log');
  opened.push(log);
  return log;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(log => log.close()));
});

/** Past the size that is read whole. */
const STEPS = 5000;
const long = logText(searchEvents(STEPS));

function foldOf(text: string, steps = Number.POSITIVE_INFINITY): RunFold {
  const fold = new RunFold();
  for (const line of text.split('\n').filter(Boolean)) {
    const event = checkEvent(parseLine(line) ?? { type: '' });
    if (event?.type === 'weights' && event.step >= steps) break;
    if (event) fold.apply(event);
  }
  return fold;
}

describe('RunLog', () => {
  it('opens a long log at its present, before its past is read', async () => {
    const log = await openLog(writeLog(long));
    expect(log.fold.live()).toEqual(foldOf(long).live());
    expect((await log.curves(100)).series.loss?.steps[0]).toBeGreaterThan(STEPS / 2);
  });

  it('has all curves and the same present when the past is read', async () => {
    const log = await openLog(writeLog(long));
    let calls = 0;
    await log.readPast(() => calls++);
    expect(calls).toBeGreaterThan(1);
    expect(log.fold.live()).toEqual(foldOf(long).live());
    const { series, from, to } = await log.curves(100_000);
    expect([from, to]).toEqual([0, STEPS - 1]);
    expect(series.loss?.values[0]).toBe(2);
    expect(Object.keys(series).sort()).toEqual(['energy', 'entropy', 'expectedMs', 'loss', 'trainAccuracy']);
    // A keyframe stands behind the step before it.
    expect([...(series.energy?.steps ?? [])].slice(0, 2)).toEqual([99, 199]);
    expect([...(series.energy?.values ?? [])].slice(0, 2)).toEqual([300, 600]);
  });

  it('takes what is appended, also while the past is read, and half lines when they are whole', async () => {
    const file = writeLog(long);
    const log = await openLog(file);
    const reading = log.readPast(() => {});
    const line = logText([weights(STEPS)]);
    appendFileSync(file, line.slice(0, 20));
    expect(await log.poll()).toBe(false);
    appendFileSync(file, line.slice(20));
    await log.poll();
    await reading;
    appendFileSync(file, logText([weights(STEPS + 1)]));
    expect(await log.poll()).toBe(true);
    expect(await log.poll()).toBe(false);
    expect(log.fold.live().step).toBe(STEPS + 2);
  });

  it('begins again when the log was cut back to a checkpoint', async () => {
    const events = searchEvents(300);
    const file = writeLog(logText(events));
    const log = await openLog(file);
    const half = logText(events.slice(0, 300));
    truncateSync(file, half.length);
    appendFileSync(file, logText([weights(500)]));
    expect(await log.poll()).toBe(true);
    expect(log.fold.live().step).toBe(501);
    expect(log.fold.live().accuracyPull).toEqual(foldOf(half).live().accuracyPull);
  });

  it.each([0, 1, 99, 100, 101, 2345, STEPS])('replays step %i as it was', async step => {
    const log = await openLog(writeLog(long));
    await log.readPast(() => {});
    expect(await log.replay(step)).toEqual(foldOf(long, step).live());
  });

  it('looks closer at a range than the whole shows it', async () => {
    const log = await openLog(writeLog(logText(searchEvents(12_000))));
    await log.readPast(() => {});
    const { series } = await log.curves(2000, { from: 7000, to: 7500 });
    const steps = [...(series.loss?.steps ?? [])];
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => steps[0] + i));
    expect(steps.length).toBeGreaterThanOrEqual(500);
  });

  it('finds the present of a long log without keyframes from all of its events', async () => {
    const events = searchEvents(STEPS).filter(({ type }) => type !== 'keyframe');
    const log = await openLog(writeLog(logText(events)));
    expect(log.fold.live()).toEqual(foldOf(logText(events)).live());
  });

  it('passes over lines that are no events', async () => {
    const hostile = [
      '',
      'null',
      '[]',
      '{"type":"weights"}',
      '{"type":"weights","step":"<script>alert(1)</script>"}',
      '{"type":"keyframe","step":1e999}',
      '{"__proto__":{"type":"done"}}',
      '{"type":"constructor"}',
      `${'['.repeat(100_000)}`,
      '\u0000\u0001',
    ].join('\n');
    const log = await openLog(writeLog(`${logText([start])}${hostile}\n${logText([weights(0)])}`));
    expect(log.fold.live().step).toBe(1);
    expect(log.fold.stage).toBe('');
  });

  it('holds no line that is too long', async () => {
    const file = writeLog(logText([start]));
    appendFileSync(file, `{"type":"warning","message":"${'x'.repeat(6 << 20)}"}\n`);
    appendFileSync(file, logText([weights(0)]));
    const log = await openLog(file);
    expect(log.fold.warnings).toEqual([]);
    expect(log.fold.live().step).toBe(1);
  });

  it('is not there where there is no file', async () => {
    expect(await RunLog.open('/nowhere/events.jsonl')).toBeUndefined();
  });

  it('opens an empty one and takes its first lines', async () => {
    const file = writeLog('');
    const log = await openLog(file);
    writeFileSync(file, logText([start, weights(0)]));
    await log.poll();
    expect(log.fold.space.name).toBe('tiny');
  });
});
