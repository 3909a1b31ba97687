import { expect, it } from 'vitest';
import { cifarFiles, decode, type Files, temporaryFolder, writeFiles } from './fixtures.ts';

function read(files: Files, classes: 10 | 100 = 10) {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return decode({ kind: 'cifar', classes, folder: '.' }, folder, [3, 32, 32]);
}

it('reads the five training batches in order', async () => {
  const { train, test, shape } = await read(cifarFiles());
  expect(shape).toEqual([3, 32, 32]);
  expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...test.labels]).toEqual([0, 1]);
  // Record 3, first pixel of the green plane: byte 1 + 1024 of the record.
  expect(train.image(3)[1024]).toBe((3 * 31 + 1025) & 255);
  expect(test.image(1)[0]).toBe((11 * 31 + 1) & 255);
});

it('takes the fine label of CIFAR-100 and the names that come with it', async () => {
  const record = Buffer.concat([Uint8Array.of(19, 99), Buffer.alloc(3072, 7)]);
  const names = Buffer.from(Array.from({ length: 100 }, (_, i) => `thing ${i}\n`).join(''));
  const { train, classNames } = await read(
    { 'train.bin': record, 'test.bin': record, 'fine_label_names.txt': names },
    100,
  );
  expect(train.labels[0]).toBe(99);
  expect(train.image(0).every(value => value === 7)).toBe(true);
  expect(classNames[99]).toBe('thing 99');
});

it('refuses a file that is not whole records, and says which', async () => {
  const files = cifarFiles();
  files['data_batch_4.bin'] = files['data_batch_4.bin'].subarray(0, 6000);
  await expect(read(files)).rejects.toThrow(/data_batch_4\.bin is truncated.*6000 bytes.*3073-byte records/);
});

it('refuses a label out of range, and says where', async () => {
  const files = cifarFiles();
  files['test_batch.bin'][3073] = 10;
  await expect(read(files)).rejects.toThrow(/test_batch\.bin: the label of image 1 is 10/);
});

it('names a missing file', async () => {
  const { 'data_batch_2.bin': _, ...files } = cifarFiles();
  await expect(read(files)).rejects.toThrow(/cannot read .*data_batch_2\.bin: there is no such file/);
});
