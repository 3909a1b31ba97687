import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentHeap } from '../../../src/base/residentHeap.ts';
import { jsonOutput } from '../../../src/cli/jsonOutput.ts';
import { run } from '../../../src/cli/run.ts';

const script = join(import.meta.dirname, 'fakeEngine.ts');
const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'cli-'));

// Logs of failures go below the working folder.
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Runs a request against the fake engine; `stopAt` stops it at the first note. */
async function runFake(
  file: string,
  { stopAtNote = false, graceMs = 5000, command = 'profile' as 'profile' | 'search' } = {},
) {
  const out: string[] = [];
  const errors: string[] = [];
  const stopping = new AbortController();
  const output = jsonOutput({ write: text => out.push(text) }, { write: text => errors.push(text) });
  const code = await run(
    { command, file },
    {
      ...output,
      message(message) {
        output.message(message);
        if (stopAtNote && message.type === 'note') stopping.abort();
      },
    },
    { script, signal: stopping.signal, graceMs },
  );
  return {
    code,
    lines: out
      .join('')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    errors: errors.join(''),
  };
}

function newestLog(): string {
  const logs = join(folder, '.nas', 'logs');
  const names = readdirSync(logs).sort();
  return readFileSync(join(logs, names[names.length - 1]), 'utf8');
}

describe('run', () => {
  it('passes messages on in order and ends with the fields of the result', async () => {
    const { code, lines, errors } = await runFake('works');
    expect(code).toBe(0);
    expect(errors).toBe('');
    expect(lines.map(({ type }) => type)).toEqual(['progress', 'note', 'skipped', 'event', 'result']);
    expect(lines.slice(2, 4)).toEqual([
      { type: 'skipped', before: 7 },
      { type: 'event', event: { at: 1, type: 'stage', stage: 'search' } },
    ]);
    expect(lines[4]).toMatchObject({
      command: 'profile',
      networks: 30,
      within5pct: 0.9,
      kendallTau: 0.95,
      seconds: 40,
    });
  });

  it('starts the engine with a heap that keeps its blocks', async () => {
    const { lines } = await runFake('tellsHeap');
    expect(lines[0].text).toBe(residentHeap.MALLOC_TOP_PAD_);
  });

  it("answers a person's mistake with the engine's one line and exit code 2", async () => {
    const { code, lines, errors } = await runFake('mistake');
    expect(code).toBe(2);
    expect(errors).toBe('space.nas.ts:3:5: the kernel must be odd\n');
    expect(lines).toEqual([{ type: 'failure', user: true, message: 'space.nas.ts:3:5: the kernel must be odd' }]);
  });

  it("answers the program's own failure with one line, exit code 1 and a log that has the stack", async () => {
    const { code, errors } = await runFake('bug');
    expect(code).toBe(1);
    expect(errors).toMatch(/^Something broke; details are in .*\.log\.\n$/);
    expect(newestLog()).toContain('at step');
  });

  it('logs what an engine printed that died without a word', async () => {
    const { code, lines } = await runFake('throws');
    expect(code).toBe(1);
    expect(lines[0].message).toContain('exit code 1');
    expect(newestLog()).toContain('thrown in the engine');
  });

  it('names memory as the usual reason when the engine was killed', async () => {
    const { code, errors } = await runFake('outOfMemory');
    expect(code).toBe(1);
    expect(errors).toMatch(/SIGKILL.*memory/);
  });

  it('ends at a message that it does not know', async () => {
    const { code, errors } = await runFake('unreadable');
    expect(code).toBe(1);
    expect(errors).toContain('not of the protocol');
    expect(newestLog()).toContain('riddle');
  });

  it('ends at an engine that was built at another time, and says what to do', async () => {
    const { code, errors } = await runFake('newer');
    expect(code).toBe(1);
    expect(errors).toMatch(/protocol 4 here, 5 there.*npm run build/);
  });

  it('acknowledges events once they are shown', async () => {
    const { errors } = await runFake('acknowledged');
    expect(JSON.parse(errors)).toEqual({ control: 'received', events: 42 });
  });

  it('tells the engine to stop and says what stays', async () => {
    const { code, errors } = await runFake('waits', { stopAtNote: true });
    expect(code).toBe(130);
    expect(errors).toBe('Stopped. What was written so far stays in .nas/cache.\n');
  });

  it('says how a run that was stopped goes on', async () => {
    const { code, errors } = await runFake('saves', { stopAtNote: true, command: 'search' });
    expect(code).toBe(130);
    expect(errors).toBe('Stopped. The run is saved: npx proxyless resume .nas/runs/mine goes on with it.\n');
  });

  it('kills an engine that does not stop', async () => {
    const { code } = await runFake('ignoresStop', { stopAtNote: true, graceMs: 50 });
    expect(code).toBe(130);
  });
});
