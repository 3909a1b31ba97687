import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Work } from '../../../../src/extension/engine/work.ts';
import { PROTOCOL_VERSION } from '../../../../src/protocol/messages.ts';

const script = join(import.meta.dirname, 'fakeEngine.mjs');
const started: Work[] = [];

afterEach(async () => {
  for (const work of started.splice(0)) {
    work.stop();
    await work.ended;
  }
});

/** A work on the fake engine, with what it said, and a way to wait until something is so. */
function begin(does = 'search') {
  const child = fork(script, [String(PROTOCOL_VERSION), does], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const [lines, refusals]: [string[], string[]] = [[], []];
  let changed = () => {};
  const work = new Work(child, {
    request: { command: 'search', file: 'tiny.nas.ts' },
    title: 'Search of tiny',
    run: null,
    onChange: () => changed(),
    onLine: line => lines.push(line),
    onRefused: message => {
      refusals.push(message);
      changed();
    },
  });
  started.push(work);
  const until = (isSo: () => boolean) =>
    new Promise<void>(resolve => {
      changed = () => isSo() && resolve();
      changed();
    });
  return { work, lines, refusals, until };
}

describe('Work', () => {
  it('tells how the engine stands', async () => {
    const { work, lines, until } = begin();
    await until(() => work.stage !== undefined);
    expect(work).toMatchObject({
      run: '/runs/one',
      phase: 'running',
      heartbeat: { rssMb: 100, imagesPerSecond: 50, energy: { joules: 7, estimated: true } },
      stage: { stage: 'search', fraction: 0.25, text: 'epoch 1' },
    });
    expect(lines).toEqual(['a note']);
  });

  it('is paused, goes on, and hands on what the engine refuses', async () => {
    const { work, refusals, until } = begin();
    await until(() => work.stage !== undefined);
    work.pause();
    await until(() => work.phase === 'paused');
    work.resume();
    await until(() => work.phase === 'running');
    work.steer({ block: 0, candidate: 1, action: 'ban' });
    await until(() => refusals.length > 0);
    expect(refusals).toEqual(['not ban']);
  });

  it('ends with the run that can be resumed when it is stopped', async () => {
    const { work, until } = begin();
    await until(() => work.stage !== undefined);
    work.stop();
    expect(work.phase).toBe('stopping');
    expect(await work.ended).toEqual({ type: 'stopped', run: '/runs/one' });
    expect(work.outcome?.type).toBe('stopped');
  });

  it('ends when its process is killed', async () => {
    const { work } = begin('die');
    expect(await work.ended).toMatchObject({ type: 'died', signal: 'SIGKILL' });
    expect([work.run, work.silentSeconds]).toEqual(['/runs/one', 0]);
  });
});
