import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digitsDataset, digitsSpace, type SpaceChanges, writeDigits } from './digits.ts';
import { eventsOf, expectRefusal, only, proxyless, resultOf } from './program.ts';

// Mistakes that only show with real data or after measuring; those of the file itself are in cli.test.ts.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
beforeAll(() => writeDigits(folder));
afterAll(() => rmSync(folder, { recursive: true }));

function writeSpace(name: string, changes: SpaceChanges): string {
  writeFileSync(join(folder, name), digitsSpace(changes));
  return name;
}

/** An array of `float32` or `int64` numbers in the format of NumPy, version 1.0. */
function npy(shape: number[], values: Float32Array | BigInt64Array): Buffer {
  const type = values instanceof Float32Array ? '<f4' : '<i8';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n';
  const start = Buffer.from('\x93NUMPY\x01\x00\0\0', 'latin1');
  start.writeUInt16LE(text.length, 8);
  return Buffer.concat([start, Buffer.from(text), Buffer.from(values.buffer)]);
}

describe('data', () => {
  it('that holds NaN is refused with the file that does', () => {
    const images = new Float32Array(40 * 784).fill(0.5);
    writeFileSync(join(folder, 'good.npy'), npy([40, 28, 28], images));
    images[20_000] = Number.NaN;
    writeFileSync(join(folder, 'bad.npy'), npy([40, 28, 28], images));
    const labels = BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i % 10));
    writeFileSync(join(folder, 'labels.npy'), npy([40], labels));
    const files = {
      trainImages: 'bad.npy',
      trainLabels: 'labels.npy',
      testImages: 'good.npy',
      testLabels: 'labels.npy',
    };
    const dataset = `npy(${JSON.stringify({ ...files, classes: 10 })})`;
    expectRefusal(folder, ['search', writeSpace('nan.nas.ts', { dataset })], /bad\.npy.*NaN/);
  });

  it('of another size than the input is refused with the size to write', () => {
    const file = writeSpace('size.nas.ts', { input: '[1, 32, 32]' });
    expectRefusal(folder, ['search', file], /28x28.*set input to \[1, 28, 28\]/);
  });

  it('that is cut off is refused with the file and the bytes that are missing', () => {
    copyFileSync(join(folder, 'digits/train-images'), join(folder, 'digits/short'));
    truncateSync(join(folder, 'digits/short'), 500_000);
    const file = writeSpace('short.nas.ts', { dataset: digitsDataset({ trainImages: 'digits/short' }) });
    expectRefusal(folder, ['search', file], /digits\/short is truncated.* there are 500000/);
  });

  it('with fewer labels than images is refused', () => {
    const file = writeSpace('labels.nas.ts', { dataset: digitsDataset({ trainLabels: 'digits/test-labels' }) });
    expectRefusal(folder, ['search', file], /1280.*400|400.*1280/);
  });

  it('with another number of classes is refused with both numbers', () => {
    const file = writeSpace('classes.nas.ts', { dataset: digitsDataset({}, 12) });
    expectRefusal(folder, ['search', file], /has 10 classes.*12/);
  });

  it('is refused before anything is measured or a run begun', () => {
    expect(existsSync(join(folder, '.nas/cache/latency'))).toBe(false);
    expect(existsSync(join(folder, '.nas/runs'))).toBe(false);
  });
});

describe('a search', () => {
  const space = 'space.nas.ts';
  beforeAll(() => {
    writeSpace(space, {});
    resultOf(folder, 'profile', space);
  }, 60_000);

  it('for a target below the smallest network is refused with what that one takes', () => {
    expectRefusal(
      folder,
      ['search', space, '--target', '0.0001', '--out', 'below'],
      /smallest network.* takes 0\.\d+ ms/,
    );
    expect(existsSync(join(folder, 'below'))).toBe(false);
  });

  it('does not touch a folder that holds a run', () => {
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken/run.json'), '{}');
    expectRefusal(folder, ['search', space, '--out', 'taken'], /taken already holds a run/);
    expect(readFileSync(join(folder, 'taken/run.json'), 'utf8')).toBe('{}');
  });

  it('whose loss is no number any more says what to lower, and keeps its log', () => {
    const file = writeSpace('rate.nas.ts', { schedule: 'warmupRate: 1e6,' });
    expectRefusal(
      folder,
      ['search', file, '--out', 'diverged'],
      /no longer a number at step \d+: lower the learning rate/,
    );
    const steps = only(eventsOf(join(folder, 'diverged')), 'weights');
    expect(steps.length).toBeGreaterThan(0);
  });

  // The log, the checkpoint and the trained networks: where the run is cut off depends on the room there is.
  it.for(['24k', '128k'])(
    'on a disk with room for %s says that it is full, and keeps what was written',
    (size, { skip }) => {
      const disk = join(folder, 'disk');
      mkdirSync(disk, { recursive: true });
      skip(!mounted(size, disk), 'mounting a small disk takes Linux and root');
      try {
        const { status, stderr } = proxyless(folder, 'search', space, '--out', 'disk/run');
        expect(stderr.trimEnd()).toMatch(/^cannot write to .*: the disk is full; [^\n]*$/);
        expect(status).toBe(2);
        expect(JSON.parse(readFileSync(join(disk, 'run/run.json'), 'utf8')).name).toBe('digits');
        expect(eventsOf(join(disk, 'run'))[0].type).toBe('start');
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );
});

function mounted(size: string, disk: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
