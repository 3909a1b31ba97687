import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { onTestFinished } from 'vitest';
import { decodeToMemory, type StoredDataset } from '../../../src/data/cache.ts';
import type { Pixels } from '../../../src/data/imageSet.ts';
import { MemoryImageSet } from '../../../src/data/imageSet.ts';
import { readerFor } from '../../../src/data/readers/registry.ts';
import type { DatasetSpec, ImageShape } from '../../../src/data/spec.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxyless-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Files = Record<string, Uint8Array>;

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** Reads a spec through its reader into memory, without the cache. */
export async function decode(spec: DatasetSpec, baseFolder: string, input: ImageShape): Promise<StoredDataset> {
  const decoded = await readerFor(spec).read({ baseFolder, input, step: async () => {} });
  return decodeToMemory(decoded, async () => {});
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, 4 * index);
  });
  return bytes;
}

export const IDX_SPEC = {
  kind: 'idx',
  trainImages: 'train-images',
  trainLabels: 'train-labels',
  testImages: 'test-images',
  testLabels: 'test-labels',
} as const satisfies DatasetSpec;

/** Three training and two test images of 2x3 pixels, counted up from 0 and from 100. */
export function idxFiles(): Files {
  const pixels = (count: number, from: number) => Uint8Array.from({ length: count * 6 }, (_, i) => from + i);
  return {
    'train-images': Buffer.concat([uint32(0x803, 3, 2, 3), pixels(3, 0)]),
    'train-labels': Buffer.concat([uint32(0x801, 3), Uint8Array.of(0, 2, 1)]),
    'test-images': Buffer.concat([uint32(0x803, 2, 2, 3), pixels(2, 100)]),
    'test-labels': Buffer.concat([uint32(0x801, 2), Uint8Array.of(2, 0)]),
  };
}

/** A `.npy` file as NumPy writes it; the header is padded to a multiple of 64 bytes. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array, version = 1, fortran = false): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  const before = version === 1 ? 10 : 12;
  const length = Math.ceil((before + text.length + 1) / 64) * 64 - before;
  const start = Buffer.alloc(before);
  start.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) start.writeUInt16LE(length, 8);
  else start.writeUInt32LE(length, 8);
  return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`), data]);
}

export const NPY_SPEC = {
  kind: 'npy',
  trainImages: 'x.npy',
  trainLabels: 'y.npy',
  testImages: 'xt.npy',
  testLabels: 'yt.npy',
} as const satisfies DatasetSpec;

/** Wraps two image arrays with labels 0 and 1 in turn. */
export function npyFiles(descr: string, shape: readonly number[], data: Uint8Array, version = 1): Files {
  const labels = npy('<i8', [shape[0]], bytesOf(BigInt64Array.from({ length: shape[0] }, (_, i) => BigInt(i % 2))));
  const images = npy(descr, shape, data, version);
  return { 'x.npy': images, 'y.npy': labels, 'xt.npy': images, 'yt.npy': labels };
}

export function bytesOf(array: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** CIFAR-10 files of two records each; record `i` has label `i` and pixels that follow from `i` and the place. */
export function cifarFiles(): Files {
  const names = [...[1, 2, 3, 4, 5].map(i => `data_batch_${i}.bin`), 'test_batch.bin'];
  return Object.fromEntries(
    names.map((name, file) => {
      const record = (i: number) =>
        Uint8Array.from({ length: 3073 }, (_, at) => (at === 0 ? i % 10 : (i * 31 + at) & 255));
      return [name, Buffer.concat([record(2 * file), record(2 * file + 1)])];
    }),
  );
}

/** A picture of one colour. */
export function flatPng(width: number, height: number, rgb: readonly number[]): Uint8Array {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]);
  return encodePng({ width, height, channels: 3, data });
}

export function flatJpeg(width: number, height: number, rgb: readonly number[]): Uint8Array {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : rgb[i % 4]));
  return jpeg.encode({ width, height, data }, 95).data;
}

export function pictureFiles(): Files {
  return {
    'train/owl/a.png': flatPng(8, 8, [200, 100, 50]),
    'train/owl/b.jpg': flatJpeg(16, 8, [200, 100, 50]),
    'train/cat/a.PNG': flatPng(5, 7, [10, 20, 30]),
    'test/cat/a.jpeg': flatJpeg(8, 8, [10, 20, 30]),
    'test/owl/a.png': flatPng(8, 8, [200, 100, 50]),
  };
}

/** A set of `count` images of bytes that differ from image to image. */
export function countingSet(count: number, shape: ImageShape): MemoryImageSet {
  const size = shape[0] * shape[1] * shape[2];
  const pixels: Pixels = Uint8Array.from({ length: count * size }, (_, i) => (i * 7 + Math.floor(i / size)) & 255);
  return new MemoryImageSet(
    shape,
    pixels,
    Int32Array.from({ length: count }, (_, i) => i),
  );
}
