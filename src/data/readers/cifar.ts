import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { accessing, openBytes, readRecords } from '../bytes.ts';
import type { SpecOf } from '../spec.ts';
import { type DatasetReader, type DecodedSet, labelError } from './reader.ts';

const PIXELS = 3 * 32 * 32;

interface Layout {
  train: readonly string[];
  test: readonly string[];
  /** Bytes before the pixels of a record; the last of them is the (fine) label. */
  labelBytes: number;
  namesFile: string;
}

/** Records are label bytes, then 3,072 bytes of red, green and blue planes (Krizhevsky, 2009, "binary version"). */
const LAYOUTS: Record<10 | 100, Layout> = {
  10: {
    train: [1, 2, 3, 4, 5].map(number => `data_batch_${number}.bin`),
    test: ['test_batch.bin'],
    labelBytes: 1,
    namesFile: 'batches.meta.txt',
  },
  100: { train: ['train.bin'], test: ['test.bin'], labelBytes: 2, namesFile: 'fine_label_names.txt' },
};

/** The binary version of CIFAR-10 and CIFAR-100. */
export const cifarReader: DatasetReader<SpecOf<'cifar'>> = {
  name: spec => `cifar${spec.classes}`,
  sources: (spec, { baseFolder }) => {
    const { train, test, namesFile } = LAYOUTS[spec.classes];
    const folder = resolve(baseFolder, spec.folder);
    const names = join(folder, namesFile);
    return [...[...train, ...test].map(file => join(folder, file)), ...(existsSync(names) ? [names] : [])];
  },
  read: async (spec, { baseFolder }) => {
    const layout = LAYOUTS[spec.classes];
    const folder = resolve(baseFolder, spec.folder);
    const part = (files: readonly string[]) =>
      openRecords(
        files.map(file => join(folder, file)),
        layout,
        spec.classes,
      );
    return {
      shape: [3, 32, 32],
      pixelType: 'uint8',
      classNames: readNames(join(folder, layout.namesFile), spec.classes),
      train: part(layout.train),
      test: part(layout.test),
    };
  },
};

function openRecords(paths: readonly string[], { labelBytes }: Layout, classes: number): DecodedSet {
  const recordBytes = labelBytes + PIXELS;
  const files = paths.map(openBytes);
  for (const { path, size } of files) {
    if (size === 0 || size % recordBytes !== 0) {
      throw new UserError(
        `${path} is truncated or not a CIFAR-${classes} file: ${size} bytes are not a whole number of ${recordBytes}-byte records`,
      );
    }
  }
  const labels = new Int32Array(files.reduce((count, file) => count + file.size / recordBytes, 0));
  let index = 0;
  for (const file of files) {
    const first = index;
    for (const chunk of readRecords(file, 0, recordBytes)) {
      for (let at = labelBytes - 1; at < chunk.length; at += recordBytes) {
        if (chunk[at] >= classes) {
          throw labelError(file.path, index - first, chunk[at], `CIFAR-${classes} has labels 0 to ${classes - 1}`);
        }
        labels[index++] = chunk[at];
      }
    }
  }
  return {
    labels,
    *chunks() {
      for (const file of files) {
        for (const chunk of readRecords(file, 0, recordBytes)) yield withoutLabels(chunk, recordBytes, labelBytes);
      }
    },
  };
}

function withoutLabels(records: Uint8Array, recordBytes: number, labelBytes: number): Uint8Array {
  const count = records.length / recordBytes;
  const pixels = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) {
    pixels.set(records.subarray(i * recordBytes + labelBytes, (i + 1) * recordBytes), i * PIXELS);
  }
  return pixels;
}

/** Names from the file that comes with the data, one a line; numbers when it is missing. */
function readNames(path: string, classes: number): string[] {
  if (!existsSync(path)) return Array.from({ length: classes }, (_, index) => String(index));
  const names = accessing(path, () => readFileSync(path, 'utf8'))
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  if (names.length !== classes) throw new UserError(`${path} holds ${names.length} class names, not ${classes}`);
  return names;
}
