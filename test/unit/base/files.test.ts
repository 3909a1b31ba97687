import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSystemError, UserError } from '../../../src/base/errors.ts';
import { appendLine, writeFileAtomic, writeJsonAtomic, writing } from '../../../src/base/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('makes missing folders and writes text and bytes', () => {
    writeFileAtomic(join(folder, 'a', 'b', 'text'), 'ü\n');
    writeFileAtomic(join(folder, 'bytes'), Uint8Array.of(0, 255));
    expect(readFileSync(join(folder, 'a', 'b', 'text'), 'utf8')).toBe('ü\n');
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([0, 255]);
  });

  it('replaces the whole old content and leaves nothing beside it', () => {
    writeFileAtomic(join(folder, 'file'), 'a long old content');
    writeFileAtomic(join(folder, 'file'), 'new');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves what was there when the last step fails, removes its temporary file and passes the error on', () => {
    // Not even root can rename a file over a folder that is not empty.
    mkdirSync(join(folder, 'taken'));
    writeFileAtomic(join(folder, 'taken', 'old'), 'old');
    let error: unknown;
    try {
      writeFileAtomic(join(folder, 'taken'), 'new');
    } catch (caught) {
      error = caught;
    }
    expect(isSystemError(error)).toBe(true);
    expect(readFileSync(join(folder, 'taken', 'old'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('leaves the old file untouched when the new content cannot be written', () => {
    writeFileAtomic(join(folder, 'file'), 'old');
    const broken = { length: 3 } as unknown as Uint8Array;
    expect(() => writeFileAtomic(join(folder, 'file'), broken)).toThrow();
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('writeJsonAtomic', () => {
  it('writes two-space JSON that ends with a line', () => {
    writeJsonAtomic(join(folder, 'file.json'), { a: [1] });
    expect(readFileSync(join(folder, 'file.json'), 'utf8')).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });
});

describe('appendLine', () => {
  it('makes the file, and adds to the one there is', () => {
    appendLine(join(folder, 'log'), 'one ü');
    appendLine(join(folder, 'log'), 'two');
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('one ü\ntwo\n');
  });
});

describe('writing', () => {
  it('makes a sentence of what the system says, and passes on what is not of the system', () => {
    expect(writing(folder, () => 7)).toBe(7);
    const refused = () => writing('the folder', () => appendLine(folder, 'a line'));
    expect(refused).toThrow(UserError);
    expect(refused).toThrow('cannot write to the folder: the system says EISDIR');
    const bug = new Error('a bug');
    const broken = () =>
      writing(folder, () => {
        throw bug;
      });
    expect(broken).toThrow(bug);
  });
});
