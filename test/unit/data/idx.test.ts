import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decode, type Files, IDX_SPEC, idxFiles, temporaryFolder, uint32, writeFiles } from './fixtures.ts';

function read(files: Files) {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return decode(IDX_SPEC, folder, [1, 2, 3]);
}

it('reads pixels, labels and shape', async () => {
  const { shape, classNames, train, test } = await read(idxFiles());
  expect(shape).toEqual([1, 2, 3]);
  expect(classNames).toEqual(['0', '1', '2']);
  expect([...train.labels]).toEqual([0, 2, 1]);
  expect([...train.image(1)]).toEqual([6, 7, 8, 9, 10, 11]);
  expect([...test.labels]).toEqual([2, 0]);
  expect([...test.image(0)]).toEqual([100, 101, 102, 103, 104, 105]);
});

it('recognises gzip by content, file by file', async () => {
  const files = idxFiles();
  const packed = {
    ...files,
    'train-images': gzipSync(files['train-images']),
    'test-labels': gzipSync(files['test-labels']),
  };
  expect((await read(packed)).hash).toBe((await read(files)).hash);
});

it.each<[string, Partial<Files>, RegExp]>([
  [
    'a wrong magic number',
    { 'train-images': Buffer.concat([uint32(0x802), Buffer.alloc(40)]) },
    /train-images is not an IDX file of images: it starts with 0x00000802, not with 0x00000803/,
  ],
  ['labels given as images', { 'test-images': idxFiles()['test-labels'] }, /test-images is truncated: 10 bytes/],
  [
    'a truncated file',
    { 'train-images': idxFiles()['train-images'].subarray(0, 30) },
    /train-images is truncated.*34 in all, but there are 30/,
  ],
  [
    'bytes too many',
    { 'train-labels': Buffer.concat([idxFiles()['train-labels'], Buffer.alloc(2)]) },
    /train-labels is damaged.*11 in all, but there are 13/,
  ],
  ['a huge declared count', { 'train-images': uint32(0x803, 0xffffffff, 0xffff, 0xffff) }, /train-images is truncated/],
  [
    'counts that differ',
    { 'test-labels': Buffer.concat([uint32(0x801, 3), Buffer.alloc(3)]) },
    /test-images holds 2 images but .*test-labels holds 3 labels/,
  ],
  [
    'a test label never trained on',
    { 'test-labels': Buffer.concat([uint32(0x801, 2), Uint8Array.of(0, 9)]) },
    /test-labels: the label of image 1 is 9, .*0 to 2/,
  ],
  [
    'a single class',
    { 'train-labels': Buffer.concat([uint32(0x801, 3), Buffer.alloc(3)]) },
    /train-labels holds a single class/,
  ],
  [
    'truncated gzip',
    { 'train-images': gzipSync(idxFiles()['train-images']).subarray(0, 20) },
    /train-images is a damaged or truncated gzip file/,
  ],
  [
    'test images of another size',
    { 'test-images': Buffer.concat([uint32(0x803, 2, 3, 2), Buffer.alloc(12)]) },
    /train-images holds 2x3 images but .*test-images 3x2/,
  ],
])('names the file for %s', async (_, change, message) => {
  await expect(read({ ...idxFiles(), ...change } as Files)).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  );
});
