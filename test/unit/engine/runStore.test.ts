import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { RunStore } from '../../../src/engine/run/runStore.ts';

let folder: string;
let spaceFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runs-'));
  spaceFile = join(folder, 'mine.nas.ts');
  writeFileSync(spaceFile, 'the space');
});
afterEach(() => rmSync(folder, { recursive: true }));

const create = (out?: string) => RunStore.create(join(folder, 'runs'), 'my space/1', spaceFile, out);

describe('RunStore', () => {
  it('makes a folder named by time and space, with the space as it is then', () => {
    const store = create();
    expect(readdirSync(join(folder, 'runs'))).toEqual([basename(store.folder)]);
    expect(basename(store.folder)).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-my-space-1$/);
    writeFileSync(spaceFile, 'changed later');
    expect(readFileSync(store.path('space.nas.ts'), 'utf8')).toBe('the space');
  });

  it('appends events as lines with their time', () => {
    const store = create(join(folder, 'out'));
    store.append({ type: 'stage', stage: 'search' });
    store.append({ type: 'warning', message: 'two\nlines' });
    const text = readFileSync(store.path('events.jsonl'), 'utf8');
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map(line => JSON.parse(line))).toEqual([
      { at: expect.any(Number), type: 'stage', stage: 'search' },
      { at: expect.any(Number), type: 'warning', message: 'two\nlines' },
    ]);
  });

  it('refuses a folder that holds a run, and leaves it alone', () => {
    const store = create(join(folder, 'out'));
    store.writeJson('run.json', { mine: true });
    writeFileSync(spaceFile, 'another');
    expect(() => create(join(folder, 'out'))).toThrow(/already holds a run.*--out/);
    expect(readFileSync(store.path('space.nas.ts'), 'utf8')).toBe('the space');
  });

  it('says where it cannot write and why', () => {
    writeFileSync(join(folder, 'file'), '');
    const failed = () => create(join(folder, 'file', 'run'));
    expect(failed).toThrow(UserError);
    expect(failed).toThrow(/cannot write to .*file.run: the system says ENOTDIR/);
  });

  it('opens the folder of a run alone', () => {
    expect(() => RunStore.open(folder)).toThrow(/not the folder of a run.*no run\.json/);
    expect(() => RunStore.open(join(folder, 'none'))).toThrow(UserError);
    create(join(folder, 'out')).writeJson('run.json', {});
    expect(basename(RunStore.open(join(folder, 'out')).folder)).toBe('out');
  });

  it('reads back what it wrote; names a file that is missing, no JSON or not accepted, and what makes it', () => {
    const store = create();
    const read = (check = (value: unknown) => value) => store.readJson('a/b.json', 'search again', check);
    expect(read).toThrow(/b\.json is missing: search again/);
    store.writeJson('a/b.json', { n: [1, 2] });
    expect(read()).toEqual({ n: [1, 2] });
    const reject = () => {
      throw new Error('not of this space');
    };
    expect(() => read(reject)).toThrow(UserError);
    expect(() => read(reject)).toThrow(/b\.json is damaged: search again/);
    store.writeFile('a/b.json', '{"n": [1,');
    expect(read).toThrow(/b\.json is damaged: search again/);
    expect(existsSync(store.path('a/b.json'))).toBe(true);
  });
});
