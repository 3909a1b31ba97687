import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digitsSpace, writeDigits } from './digits.ts';
import { EngineAtWork } from './engine.ts';
import { commandLine, descendants, noProcessList, remaining } from './processes.ts';
import { eventsOf, expectRefusal, interrupted, only, resultOf } from './program.ts';

// Ends that nobody asked for: of the engine, and of who started it.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
const space = 'space.nas.ts';
beforeAll(() => {
  writeDigits(folder);
  writeFileSync(join(folder, space), digitsSpace());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Closes the channel; @returns what the engine's processes ran, and which of them are still there. */
async function closed(engine: EngineAtWork) {
  const pids = [engine.pid, ...descendants(engine.pid)];
  const programs = pids.map(commandLine);
  engine.closeChannel();
  return { programs, left: await remaining(pids, 20) };
}

describe('an engine whose channel closes', () => {
  it('ends, and its profiler with it', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    const engine = new EngineAtWork(folder, { command: 'profile', file: space, again: true });
    await engine.message(message => message.type === 'progress' && message.stage === 'profile' && message.fraction > 0);
    const { programs, left } = await closed(engine);
    expect(programs).toContainEqual(expect.stringMatching(/profiler\.js$/));
    expect(left).toEqual([]);
  });

  it('ends, also in a pause, and all its trainers with it; resumed, it trains what was left to train', async ({
    skip,
  }) => {
    skip(noProcessList !== undefined, noProcessList);
    const engine = new EngineAtWork(folder, { command: 'search', file: space, out: 'closed', epochs: 1 });
    await engine.event(event => event.type === 'trained' && event.network === 'derived' && event.epoch === 1);
    engine.client.pause();
    await engine.message(message => message.type === 'state' && message.phase === 'paused');
    const { programs, left } = await closed(engine);
    expect(programs).toContainEqual(expect.stringMatching(/trainer\.js$/));
    expect(left).toEqual([]);
    const run = join(folder, 'closed');
    const before = eventsOf(run);
    expect(before.at(-1)?.type).toBe('stopped');

    expect(resultOf(folder, 'resume', 'closed').metrics).toMatchObject({ seed: 1 });
    const after = eventsOf(run).slice(before.length);
    expect(after[0].type).toBe('resumed');
    expect(after.at(-1)?.type).toBe('done');
    expect(only(after, 'derived')).toEqual([]);
    expect(only(after, 'tested').length).toBe(5);
    expectRefusal(folder, ['resume', 'closed'], /is finished/);
  });
});

describe('a search whose terminal or editor is killed', () => {
  it('saves what it reached and ends; nothing is left running, and it can be resumed', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    let engines: number[] = [];
    await interrupted(
      folder,
      ['search', space, '--out', 'orphaned', '--epochs', '20', '--threads', '1'],
      event => event.type === 'weights' && event.step >= 30,
      pid => {
        engines = descendants(pid);
        process.kill(pid, 'SIGKILL');
      },
    );
    expect(engines.length).toBeGreaterThan(0);
    expect(await remaining(engines, 20)).toEqual([]);
    const events = eventsOf(join(folder, 'orphaned'));
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'stopped', step: only(events, 'weights').length });
    expect(readdirSync(join(folder, 'orphaned'))).not.toContain('running.json');

    const engine = new EngineAtWork(folder, { command: 'resume', run: 'orphaned' });
    const next = await engine.event(({ type }) => type === 'weights');
    expect(next).toMatchObject({ step: last?.type === 'stopped' ? last.step : undefined });
    process.kill(engine.pid, 'SIGTERM');
    expect(await engine.ended).toEqual({ type: 'stopped', run: join(folder, 'orphaned') });
  });
});

describe('a search whose engine is killed', () => {
  it('says so and leaves a log of whole lines up to there', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    const { status, stderr } = await interrupted(
      folder,
      ['search', space, '--out', 'killed'],
      event => event.type === 'architecture',
      pid => {
        for (const engine of descendants(pid)) process.kill(engine, 'SIGKILL');
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('killed by SIGKILL');
    const events = eventsOf(join(folder, 'killed'));
    expect(only(events, 'architecture').length).toBeGreaterThan(0);
    expect(only(events, 'done')).toEqual([]);

    // The log is cut back to the last checkpoint, whose steps are done again.
    const engine = new EngineAtWork(folder, { command: 'resume', run: 'killed' });
    await engine.event(({ type }) => type === 'epoch');
    engine.client.stop();
    await engine.ended;
    const steps = only(eventsOf(join(folder, 'killed')), 'weights').map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, step) => step));
  });
});
