import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/engine/run/eventLog.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  path = join(folder, 'events.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, 'utf8');

describe('EventLog', () => {
  it('knows its lines and bytes, of what it writes and of what was there', () => {
    const log = new EventLog(path);
    expect([log.lines, log.bytes]).toEqual([0, 0]);
    log.append('one');
    log.append('zwölf');
    expect([log.lines, log.bytes]).toEqual([2, 11]);
    const again = new EventLog(path);
    expect([again.lines, again.bytes]).toEqual([2, 11]);
  });

  it('counts the lines of a long log', () => {
    writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(5000));
    const log = new EventLog(path);
    expect([log.lines, log.bytes]).toEqual([5000, 500_000]);
  });

  it('takes off a line that was torn', () => {
    writeFileSync(path, 'one\ntwo\nthr');
    const log = new EventLog(path);
    log.append('three');
    expect(text()).toBe('one\ntwo\nthree\n');
    expect(log.lines).toBe(3);
  });

  it('is cut back to what it was', () => {
    const log = new EventLog(path);
    log.append('one');
    const { lines, bytes } = log;
    appendFileSync(path, 'two\nthree\n');
    const later = new EventLog(path);
    later.cut({ lines, bytes });
    later.append('other');
    expect(text()).toBe('one\nother\n');
    expect(later.lines).toBe(2);
  });

  it('finds the last line that holds a text, and none that was torn', () => {
    writeFileSync(path, 'a 1\nb 1\na 2\nb 2\na 3');
    const log = new EventLog(path);
    expect(log.lastWith('a ')).toBe('a 2');
    expect(log.lastWith('c ')).toBeUndefined();
    expect(new EventLog(join(folder, 'none')).lastWith('a')).toBeUndefined();
  });

  it('is left alone where it is not the log that it was', () => {
    writeFileSync(path, 'a longer line\nb\n');
    const log = new EventLog(path);
    for (const then of [
      { lines: 1, bytes: 5 },
      { lines: 9, bytes: 14 },
      { lines: 2, bytes: 500 },
    ])
      log.cut(then);
    expect(text()).toBe('a longer line\nb\n');
  });
});
