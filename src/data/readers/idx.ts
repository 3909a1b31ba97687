import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { type ByteSource, openMaybeGzip, readRecords } from '../bytes.ts';
import type { SpecOf } from '../spec.ts';
import { formatShape } from '../spec.ts';
import { type DatasetReader, type DecodedDataset, type LabelledFiles, numberedClasses } from './reader.ts';

/** The four files, absolute or relative to the working folder. */
export type IdxFiles = Omit<SpecOf<'idx'>, 'kind'>;

/** IDX files as MNIST and its kin are published, plain or gzip. */
export const idxReader: DatasetReader<SpecOf<'idx'>> = {
  name: (spec, baseFolder) => basename(dirname(resolve(baseFolder, spec.trainImages))),
  sources: (spec, { baseFolder }) => Object.values(resolveFiles(spec, baseFolder)),
  read: async (spec, { baseFolder }) => readIdxFiles(resolveFiles(spec, baseFolder)),
};

function resolveFiles(spec: IdxFiles, baseFolder: string): IdxFiles {
  return {
    trainImages: resolve(baseFolder, spec.trainImages),
    trainLabels: resolve(baseFolder, spec.trainLabels),
    testImages: resolve(baseFolder, spec.testImages),
    testLabels: resolve(baseFolder, spec.testLabels),
  };
}

/** Opens and checks two pairs of IDX files; class names are the numbers unless `classNames` says better. */
export function readIdxFiles(files: IdxFiles, classNames?: readonly string[]): DecodedDataset {
  const train = openPair(files.trainImages, files.trainLabels);
  const test = openPair(files.testImages, files.testLabels);
  const sides = (pair: typeof train) => [pair.height, pair.width];
  if (String(sides(train)) !== String(sides(test))) {
    throw new UserError(
      `${files.trainImages} holds ${formatShape(sides(train))} images but ${files.testImages} ${formatShape(sides(test))}`,
    );
  }
  const numbered = numberedClasses({ train, test });
  return {
    shape: [1, train.height, train.width],
    pixelType: 'uint8',
    classNames: classNames?.length === numbered.length ? classNames : numbered,
    train,
    test,
  };
}

function openPair(imagesPath: string, labelsPath: string) {
  const images = openMaybeGzip(imagesPath);
  const [imageCount, height, width] = readHeader(images, 3, 'images');
  const labelFile = openMaybeGzip(labelsPath);
  readHeader(labelFile, 1, 'labels');
  const labels = Int32Array.from(labelFile.read(8, labelFile.size - 8));
  const pair: LabelledFiles = { imagesPath, imageCount, labelsPath, labels };
  return { ...pair, height, width, chunks: () => readRecords(images, 16, height * width) };
}

/**
 * Reads the dimensions after checking them against the length of the file. An IDX header is two zero bytes, the element
 * type (8: unsigned byte), the number of dimensions, and each dimension as a big-endian 32-bit integer (LeCun, MNIST).
 */
function readHeader(file: ByteSource, dimensions: number, what: string): number[] {
  const headerBytes = 4 + 4 * dimensions;
  if (file.size < headerBytes) {
    throw new UserError(
      `${file.path} is truncated: ${file.size} bytes, an IDX header for ${what} takes ${headerBytes}`,
    );
  }
  const bytes = file.read(0, headerBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const magic = view.getUint32(0);
  const expectedMagic = 0x0800 + dimensions;
  if (magic !== expectedMagic) {
    throw new UserError(
      `${file.path} is not an IDX file of ${what}: it starts with ${hex(magic)}, not with ${hex(expectedMagic)}`,
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  if (sizes.slice(1).includes(0))
    throw new UserError(`${file.path} declares images of size ${formatShape(sizes.slice(1))}`);
  const expected = headerBytes + sizes.reduce((product, size) => product * size, 1);
  if (file.size !== expected) {
    const verdict = file.size < expected ? 'truncated' : 'damaged';
    throw new UserError(
      `${file.path} is ${verdict}: its header declares ${formatShape(sizes)} bytes of ${what}, so ${expected} in all, but there are ${file.size}`,
    );
  }
  return sizes;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
