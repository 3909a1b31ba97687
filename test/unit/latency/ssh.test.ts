import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { encodeFrame, frameReader } from '../../../src/latency/links/frames.ts';
import { overSsh } from '../../../src/latency/links/ssh.ts';

const folder = mkdtempSync(join(tmpdir(), 'ssh-'));
const path = process.env.PATH;
beforeAll(() => {
  process.env.PATH = [folder, path].join(delimiter);
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** What a person is told when ssh says this and ends with this code. */
async function told(complaint: string, code: number): Promise<string> {
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\ncat > /dev/null &\necho "${complaint}" >&2\nexit ${code}\n`);
  chmodSync(join(folder, 'ssh'), 0o755);
  const connect = overSsh({ host: 'pi', agent: import.meta.filename, runtime: async () => 'onnxruntime-node 1.0.0' });
  const device = { target: 'ssh', host: 'pi', precision: 'fp32' } as const;
  const { ended } = connect({ task: 'fingerprint', device, options: { threads: 1, batch: 1 } }, () => {});
  const error = await ended.catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe.skipIf(process.platform === 'win32')('overSsh', () => {
  it.each([
    [
      'ssh: connect to host pi port 22: No route to host',
      255,
      /^pi cannot be reached \(.*No route to host\): try ssh pi/,
    ],
    ['pi@pi: Permission denied (publickey).', 255, /^pi cannot be reached \(.*Permission denied \(publickey\)\)/],
    ['sh: 1: node: not found', 127, /^pi has no node on the path of its login: install Node 20 or newer there/],
    ['SyntaxError: Unexpected token', 1, /^the profiler does not start on pi \(SyntaxError.*\): it needs Node 20/],
  ])('makes one sentence of "%s"', async (complaint, code, sentence) => {
    expect(await told(complaint, code)).toMatch(sentence);
  });
});

describe('frames', () => {
  it('come out whole and in order however the stream is cut', () => {
    const messages = [{ type: 'ready' }, { model: new Uint8Array([1, 2, 3]) }, 'x'.repeat(300), []];
    const stream = Buffer.concat(messages.map(encodeFrame));
    for (const size of [1, 3, 7, 100, stream.length]) {
      const got: unknown[] = [];
      const read = frameReader(message => got.push(message));
      for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size));
      expect(got.map(message => JSON.stringify(message))).toEqual(messages.map(message => JSON.stringify(message)));
    }
  });
});
