import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineMessage, EngineRequest } from '../../src/protocol/messages.ts';
import { digitsSpace, writeDigits } from './digits.ts';
import { commandLine, descendants, noProcessList, remaining } from './processes.ts';
import { eventsOf, interrupted, only } from './program.ts';

// Ends that nobody asked for: of the engine, and of who started it.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
const space = 'space.nas.ts';
beforeAll(() => {
  writeDigits(folder);
  writeFileSync(join(folder, space), digitsSpace());
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(import.meta.dirname, '../../dist/engine.js');

/** Starts an engine and resolves once it tells something awaited. */
async function engineAt(request: EngineRequest, awaited: (message: EngineMessage) => boolean): Promise<ChildProcess> {
  const engine = fork(script, { cwd: folder, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  engine.on('message', (message: EngineMessage) => {
    if (message.type === 'ready') engine.send(request);
    if (awaited(message)) resolve();
  });
  engine.on('exit', code => reject(new Error(`the engine ended with exit code ${code}`)));
  await promise;
  return engine;
}

/** Closes the channel; @returns what the engine's processes ran, and which of them are still there. */
async function closed(engine: ChildProcess) {
  const pids = [engine.pid as number, ...descendants(engine.pid as number)];
  const programs = pids.map(commandLine);
  const exit = once(engine, 'exit');
  engine.disconnect();
  await exit;
  return { programs, left: await remaining(pids, 10) };
}

describe('an engine whose channel closes', () => {
  it('ends, and its profiler with it', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    const engine = await engineAt(
      { command: 'profile', file: space, again: true },
      message => message.type === 'progress' && message.stage === 'profile' && message.fraction > 0,
    );
    const { programs, left } = await closed(engine);
    expect(programs).toContainEqual(expect.stringMatching(/profiler\.js$/));
    expect(left).toEqual([]);
  });

  it('ends, and all its trainers with it', async ({ skip }) => {
    skip(noProcessList !== undefined, noProcessList);
    const engine = await engineAt(
      { command: 'search', file: space, out: 'closed', epochs: 1 },
      message => message.type === 'event' && message.event.type === 'trained',
    );
    const { programs, left } = await closed(engine);
    expect(programs).toContainEqual(expect.stringMatching(/trainer\.js$/));
    expect(left).toEqual([]);
    expect(only(eventsOf(join(folder, 'closed')), 'trained').length).toBeGreaterThan(0);
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
  });
});
