import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WINDOW } from '../../src/engine/control/outbox.ts';
import { engineForkOptions } from '../../src/protocol/engineClient.ts';
import type { EngineMessage } from '../../src/protocol/messages.ts';
import { digitsSpace, writeDigits } from './digits.ts';
import { EngineAtWork, script } from './engine.ts';
import { commandLine, descendants, noProcessList, remaining } from './processes.ts';
import { eventsOf, expectRefusal, only, resultOf } from './program.ts';

// A search that is watched and steered, stopped and resumed, on real images in small.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
const space = 'space.nas.ts';
const request = { command: 'search', file: space, threads: 1, epochs: 3 } as const;
beforeAll(() => {
  writeDigits(folder);
  writeFileSync(join(folder, space), digitsSpace());
  resultOf(folder, 'profile', space);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const path = (...names: string[]) => join(folder, ...names);
const checkpoints = (run: string) => readdirSync(path(run, 'checkpoints')).filter(name => name.startsWith('step-'));

/** Runs until the search is done, and stops there. */
async function searched(engine: EngineAtWork, run: string) {
  await engine.event(event => event.type === 'stage' && event.stage === 'derive');
  engine.client.stop();
  expect(await engine.ended).toEqual({ type: 'stopped', run: path(run) });
  return {
    alphas: JSON.parse(readFileSync(path(run, 'search.json'), 'utf8')).alphas,
    weights: readFileSync(path(run, 'checkpoints', 'supernet.safetensors')),
    steps: eventsOf(path(run))
      .map(({ at: _, ...event }) => event)
      .filter(({ type }) => ['weights', 'architecture', 'epoch'].includes(type)),
  };
}

/** Stops a search in the middle. */
async function stopped(run: string, step: number) {
  const engine = new EngineAtWork(folder, { ...request, out: run });
  await engine.event(event => event.type === 'weights' && event.step >= step);
  engine.client.stop();
  expect(await engine.ended).toEqual({ type: 'stopped', run: path(run) });
  expect(eventsOf(path(run)).at(-1)?.type).toBe('stopped');
}

describe('a search that is stopped and resumed', () => {
  let whole: Awaited<ReturnType<typeof searched>>;
  beforeAll(async () => {
    whole = await searched(new EngineAtWork(folder, { ...request, out: 'whole' }), 'whole');
  }, 60_000);

  it('ends with the very log, weights and architecture parameters of one that was not', async () => {
    await stopped('stopped', 30);
    const resumed = await searched(new EngineAtWork(folder, { command: 'resume', run: 'stopped' }), 'stopped');
    expect(resumed).toEqual(whole);
    expect(only(eventsOf(path('stopped')), 'resumed')).toHaveLength(1);
  });

  it('goes on counting the energy that it had taken', () => {
    const told = eventsOf(path('stopped')).flatMap(event => ('energy' in event && event.energy ? [event.energy] : []));
    const joules = told.map(energy => energy.joules);
    expect(joules).toEqual(joules.toSorted((a, b) => a - b));
    const [{ energy: atStop }, { energy: atEnd }] = only(eventsOf(path('stopped')), 'stopped');
    expect(atStop?.joules).toBeGreaterThan(0);
    expect(atEnd?.joules).toBeGreaterThan(atStop?.joules ?? 0);
  });

  it('goes on from the checkpoint before where the newest is damaged, with a warning, and ends alike', async () => {
    await stopped('damaged', 40);
    const newest = checkpoints('damaged').sort().at(-1) as string;
    truncateSync(path('damaged', 'checkpoints', newest), 20_000);
    const resumed = await searched(new EngineAtWork(folder, { command: 'resume', run: 'damaged' }), 'damaged');
    expect(resumed).toEqual(whole);
    const warnings = only(eventsOf(path('damaged')), 'warning');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/checkpoint of step \d+ cannot be used/),
    ]);
  });

  it('derives where the search was done, and says what is running or is no run', async () => {
    cpSync(path('whole'), path('derived'), { recursive: true });
    const engine = new EngineAtWork(folder, { command: 'resume', run: 'derived' });
    await engine.message(message => message.type === 'run');
    expectRefusal(folder, ['resume', 'derived'], /is still running \(process \d+\)/);
    expectRefusal(folder, ['derive', 'derived'], /is still running/);
    await engine.event(({ type }) => type === 'derived');
    engine.client.stop();
    await engine.ended;
    const types = eventsOf(path('derived')).map(({ type }) => type);
    expect(types.slice(types.indexOf('resumed'))).not.toContain('weights');
  });
});

describe('a search in a pause', () => {
  it('stands still, can be steered, and keeps to it afterwards', async () => {
    const engine = new EngineAtWork(folder, { ...request, out: 'steered' });
    const { client } = engine;
    await engine.event(event => event.type === 'weights' && event.step >= 20);
    client.pause();
    await engine.message(message => message.type === 'state' && message.phase === 'paused');
    expect(client.phase).toBe('paused');
    client.steer({ block: 0, candidate: 1, action: 'lock' });
    client.steer({ block: 1, candidate: 0, action: 'ban' });
    client.steer({ block: 1, candidate: 1, action: 'ban' });
    expect(await engine.message(({ type }) => type === 'refused')).toMatchObject({
      message: expect.stringContaining('the last candidate that stage2.block1 may take'),
    });
    const reached = only(eventsOf(path('steered')), 'paused')[0].step;
    expect(checkpoints('steered')).toContain(`step-${String(reached).padStart(7, '0')}.safetensors`);
    client.resume();
    await engine.event(({ type }) => type === 'derived');
    client.stop();
    await engine.ended;

    const events = eventsOf(path('steered'));
    const [{ step }] = only(events, 'paused');
    expect(only(events, 'resumed')).toMatchObject([{ step }]);
    expect(only(events, 'steered')).toMatchObject([
      { step, locked: [1, null, null], banned: [[], [], []] },
      { step, locked: [1, null, null], banned: [[], [0], []] },
    ]);
    const after = only(events, 'weights').filter(event => event.step >= (step as number));
    expect(after.length).toBeGreaterThan(10);
    expect(new Set(after.map(event => event.path.slice(0, 2).join()))).toEqual(new Set(['1,1']));
    for (const { probabilities } of only(events, 'architecture').filter(event => event.step >= (step as number)))
      expect(probabilities?.slice(0, 2)).toEqual([
        [0, 1, 0],
        [0, 1],
      ]);
    expect(only(events, 'keyframe').at(-1)).toMatchObject({ locked: [1, null, null], banned: [[], [0], []] });
    expect(only(events, 'derived')[0].choices.slice(1, 3)).toEqual([1, 1]);
  });
});

describe('profiling in a pause', () => {
  it('leaves the machine alone and goes on afterwards', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    const engine = new EngineAtWork(folder, { command: 'profile', file: space, again: true });
    await engine.message(message => message.type === 'progress' && message.fraction > 0);
    const profilers = () => descendants(engine.pid).filter(pid => commandLine(pid).endsWith('profiler.js'));
    const measuring = profilers();
    engine.client.pause();
    await engine.message(message => message.type === 'state' && message.phase === 'paused');
    expect(await remaining(measuring, 10)).toEqual([]);
    expect(profilers()).toEqual([]);
    engine.client.resume();
    expect(await engine.ended).toMatchObject({ type: 'result' });
  });
});

/** What an engine answers to its first message. */
async function answerTo(opening: object): Promise<EngineMessage> {
  const engine = fork(script, { ...engineForkOptions(), cwd: folder });
  const { promise, resolve } = Promise.withResolvers<EngineMessage>();
  engine.on('message', (message: EngineMessage) => {
    if (message.type === 'ready') engine.send(opening);
    else resolve(message);
  });
  return promise;
}

describe('a receiver', () => {
  it('that never acknowledges gets a window of events and no more, while the log is whole', async () => {
    const engine = fork(script, { ...engineForkOptions(), cwd: folder });
    const messages: EngineMessage[] = [];
    engine.on('message', (message: EngineMessage) => {
      messages.push(message);
      if (message.type === 'ready') engine.send({ version: 4, request: { ...request, epochs: 60, out: 'unheard' } });
      if (message.type === 'progress' && message.stage === 'search' && message.fraction > 0.9)
        engine.send({ control: 'stop' });
    });
    await new Promise(resolve => engine.on('close', resolve));
    expect(messages.at(-1)).toEqual({ type: 'stopped', run: path('unheard') });
    const batches = messages.filter(({ type }) => type === 'events') as Extract<EngineMessage, { type: 'events' }>[];
    expect(batches.reduce((sum, { events }) => sum + events.length, 0)).toBe(WINDOW);
    const heartbeats = messages.filter(({ type }) => type === 'heartbeat');
    expect(heartbeats).toContainEqual({
      type: 'heartbeat',
      rssMb: expect.any(Number),
      imagesPerSecond: expect.any(Number),
      energy: { joules: expect.any(Number), estimated: expect.any(Boolean) },
    });
    const events = eventsOf(path('unheard'));
    expect(batches.at(-1)).toMatchObject({ first: events.length, events: [], skipped: true });
    const steps = only(events, 'weights').map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, step) => step));
    expect(steps.length).toBeGreaterThan(WINDOW * 0.8);
  });

  it('of another version is told so in one sentence', async () => {
    expect(await answerTo({ version: 1, request: { command: 'profile', file: space } })).toMatchObject({
      type: 'failure',
      user: false,
      message: expect.stringMatching(/built at different times \(protocol 4 here, 1 there\)/),
    });
  });

  it('that asks for what there is not is told so, and a stop before the request is followed', async () => {
    expect(await answerTo({ version: 4, request: { command: 'dance' } })).toMatchObject({
      type: 'failure',
      user: false,
      message: expect.stringMatching(/not of the protocol \(request\.command: /),
    });
    expect(await answerTo({ control: 'stop' })).toEqual({ type: 'state', phase: 'stopping' });
  });
});
