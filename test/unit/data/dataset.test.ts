import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DatasetOptions, openDataset } from '../../../src/data/dataset.ts';
import { FileImageSet } from '../../../src/data/imageSet.ts';
import { bytesOf, IDX_SPEC, idxFiles, NPY_SPEC, npyFiles, temporaryFolder, writeFiles } from './fixtures.ts';

function prepared() {
  const baseFolder = temporaryFolder();
  writeFiles(baseFolder, idxFiles());
  const warnings: string[] = [];
  const progress: string[] = [];
  const options: DatasetOptions = {
    baseFolder,
    cacheFolder: join(baseFolder, 'cache'),
    input: [1, 2, 3],
    onWarning: message => warnings.push(message),
    onProgress: (fraction, what) => progress.push(`${what} ${fraction}`),
  };
  return {
    options,
    warnings,
    progress,
    cacheFile: () => join(options.cacheFolder, readdirSync(options.cacheFolder)[0]),
  };
}

describe('the cache', () => {
  it('gives the second opening the same content, without decoding', async () => {
    const { options, progress, warnings } = prepared();
    const first = await openDataset(IDX_SPEC, options);
    expect(progress.at(-1)).toBe(`decoding ${basename(options.baseFolder)} 1`);
    progress.length = 0;
    const second = await openDataset(IDX_SPEC, options);
    expect(progress).toEqual([]);
    expect(warnings).toEqual([]);
    expect(second.hash).toBe(first.hash);
    expect([second.name, second.classes, second.shape]).toEqual([basename(options.baseFolder), 3, [1, 2, 3]]);
    expect([...second.test.image(1)]).toEqual([106, 107, 108, 109, 110, 111]);
    expect([...second.train.labels]).toEqual([0, 2, 1]);
  });

  it('notices a changed source file', async () => {
    const { options } = prepared();
    const first = await openDataset(IDX_SPEC, options);
    const files = idxFiles();
    files['train-images'][20] ^= 1;
    writeFiles(options.baseFolder, files);
    expect((await openDataset(IDX_SPEC, options)).hash).not.toBe(first.hash);
  });

  it('is made again when any byte of it changed or the end is missing', async () => {
    const { options, warnings, cacheFile } = prepared();
    const { hash } = await openDataset(IDX_SPEC, options);
    const whole = readFileSync(cacheFile());
    for (let at = 0; at < whole.length; at += 3) {
      const spoiled = at % 2 ? whole.subarray(0, at) : Buffer.from(whole);
      if (at % 2 === 0) spoiled[at] ^= 0x10;
      writeFileSync(cacheFile(), spoiled);
      warnings.length = 0;
      expect((await openDataset(IDX_SPEC, options)).hash).toBe(hash);
      expect(warnings).toEqual([expect.stringContaining('is damaged and is made again')]);
      expect(readFileSync(cacheFile()).equals(whole)).toBe(true);
    }
  });

  it('that cannot be written costs a warning, not the data', async () => {
    const { options, warnings } = prepared();
    // A file where the folder should be: creating it fails as on a full or read-only disk.
    writeFileSync(options.cacheFolder, '');
    const dataset = await openDataset(IDX_SPEC, options);
    expect([...dataset.train.image(2)]).toEqual([12, 13, 14, 15, 16, 17]);
    expect(warnings.at(-1)).toMatch(/cannot write the data cache .* held in memory/);
  });

  it('serves a set above the memory limit from the file, with the same content', async () => {
    const baseFolder = temporaryFolder();
    const values = Float32Array.from({ length: 24 }, (_, i) => i / 3);
    writeFiles(baseFolder, npyFiles('<f4', [4, 2, 3], bytesOf(values)));
    const options: DatasetOptions = { baseFolder, cacheFolder: join(baseFolder, 'cache'), input: [1, 2, 3] };
    const inMemory = await openDataset(NPY_SPEC, options);
    const onDisk = await openDataset(NPY_SPEC, { ...options, memoryLimit: 10 });
    expect(onDisk.train).toBeInstanceOf(FileImageSet);
    expect(onDisk.hash).toBe(inMemory.hash);
    for (const index of [3, 0, 2]) {
      expect([...onDisk.train.image(index)]).toEqual([...values.subarray(index * 6, index * 6 + 6)]);
      expect([...onDisk.test.image(index)]).toEqual([...inMemory.test.image(index)]);
    }
    expect([...onDisk.test.labels]).toEqual([0, 1, 0, 1]);
    onDisk.close();
    onDisk.close();
  });
});

it('stops at the signal and leaves no partial file', async () => {
  const { options } = prepared();
  const controller = new AbortController();
  mkdirSync(options.cacheFolder);
  const opening = openDataset(IDX_SPEC, {
    ...options,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('stopped')),
  });
  await expect(opening).rejects.toThrow('stopped');
  expect(readdirSync(options.cacheFolder)).toEqual([]);
});

it("says what to do when images do not fit the space's input, first time and from the cache", async () => {
  const { options } = prepared();
  const message = "the data set's images are 1x2x3 but the space's input is 3x32x32: set input to [1, 2, 3]";
  const opening = () => openDataset(IDX_SPEC, { ...options, input: [3, 32, 32] });
  await expect(opening()).rejects.toThrow(message);
  await openDataset(IDX_SPEC, options);
  await expect(opening()).rejects.toThrow(message);
});
