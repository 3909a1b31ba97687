import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { Random } from '../../../src/base/random.ts';
import type { DatasetSpec, ImageShape } from '../../../src/data/spec.ts';
import {
  bytesOf,
  cifarFiles,
  decode,
  type Files,
  IDX_SPEC,
  idxFiles,
  NPY_SPEC,
  npyFiles,
  pictureFiles,
  temporaryFolder,
  writeFiles,
} from './fixtures.ts';

const gzipped = Object.fromEntries(Object.entries(idxFiles()).map(([name, content]) => [name, gzipSync(content)]));
const floats = npyFiles('<f4', [3, 2, 3], bytesOf(Float32Array.from({ length: 18 }, (_, i) => i)));

/** Cuts the end off, or changes a few bytes, often near the beginning, where headers are. */
function damage(content: Uint8Array, random: Random): Uint8Array {
  if (random.below(3) === 0) return content.subarray(0, random.below(content.length));
  const changed = Uint8Array.from(content);
  for (let i = 0; i <= random.below(4); i++) {
    const reach = random.below(2) === 0 ? Math.min(200, content.length) : content.length;
    changed[random.below(reach)] = random.below(256);
  }
  return changed;
}

it.each<[string, DatasetSpec, Files, ImageShape, number]>([
  ['IDX', IDX_SPEC, idxFiles(), [1, 2, 3], 500],
  ['gzip IDX', IDX_SPEC, gzipped, [1, 2, 3], 500],
  ['npy', NPY_SPEC, floats, [1, 2, 3], 500],
  ['CIFAR', { kind: 'cifar', classes: 10, folder: '.' }, cifarFiles(), [3, 32, 32], 200],
  ['picture', { kind: 'imageFolder', folder: '.' }, pictureFiles(), [3, 8, 8], 1000],
])('a damaged %s file is read or refused in words, and takes little memory', async (_, spec, files, input, rounds) => {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  const names = Object.keys(files);
  const random = new Random(1, spec.kind);
  let refused = 0;
  const memory = process.memoryUsage().rss;
  for (let round = 0; round < rounds; round++) {
    const name = names[random.below(names.length)];
    writeFileSync(join(folder, name), damage(files[name], random));
    try {
      await decode(spec, folder, input);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.message).toContain(folder);
      refused++;
    }
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), files[name]);
  }
  expect(refused).toBeGreaterThan(rounds / 20);
  expect(process.memoryUsage().rss - memory).toBeLessThan(500e6);
});
