import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, takeLock } from '../../../src/base/processLock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'running.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const module = new URL('../../../src/base/processLock.ts', import.meta.url);

/** A process that takes the lock and says what came of it. */
async function holder() {
  const code = `import { takeLock } from ${JSON.stringify(module.href)}; console.log(takeLock(process.argv[1]) ?? 'taken'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code, path]);
  const [answer] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, answer: answer.trim() };
}

describe('a lock', () => {
  it('belongs to the process that took it, as long as that runs', async () => {
    const { child, answer } = await holder();
    expect(answer).toBe('taken');
    expect(lockHolder(path)).toBe(child.pid);
    expect(takeLock(path)).toBe(child.pid);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    expect(lockHolder(path)).toBeUndefined();
    expect(takeLock(path)).toBeUndefined();
    expect(lockHolder(path)).toBe(process.pid);
    // Its own counts as taken.
    expect(takeLock(path)).toBeUndefined();
    const second = await holder();
    expect(second.answer).toBe(String(process.pid));
    second.child.kill();
  });

  it('is free where its file is damaged or names a process of another time', () => {
    for (const content of ['', '{"pid":', '[]', 'null', '{"pid":-1}', `{"pid":${process.pid},"began":"1"}`]) {
      writeFileSync(path, content);
      expect(lockHolder(path)).toBeUndefined();
    }
  });
});
