import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { type ByteSource, openBytes, readRecords } from '../bytes.ts';
import type { Pixels } from '../imageSet.ts';
import type { ImageShape, SpecOf } from '../spec.ts';
import { formatShape, imageSize } from '../spec.ts';
import { type NpyHeader, readNpyHeader } from './npyHeader.ts';
import { type DatasetReader, type LabelledFiles, numberedClasses } from './reader.ts';

/** NumPy arrays: images `[N, H, W]`, `[N, H, W, C]` or `[N, C, H, W]`, labels `[N]` of an integer type. */
export const npyReader: DatasetReader<SpecOf<'npy'>> = {
  name: (spec, baseFolder) => basename(dirname(resolve(baseFolder, spec.trainImages))),
  sources: (spec, { baseFolder }) =>
    [spec.trainImages, spec.trainLabels, spec.testImages, spec.testLabels].map(path => resolve(baseFolder, path)),
  read: async (spec, { baseFolder, input }) => {
    const open = (images: string, labels: string) =>
      openPair(resolve(baseFolder, images), resolve(baseFolder, labels), input);
    const train = open(spec.trainImages, spec.trainLabels);
    const test = open(spec.testImages, spec.testLabels);
    const [trainKind, testKind] = [train, test].map(part => `${formatShape(part.shape)} ${part.pixelType}`);
    if (trainKind !== testKind) {
      throw new UserError(
        `${train.imagesPath} holds ${trainKind} images but ${test.imagesPath} ${testKind}: make them alike`,
      );
    }
    return {
      shape: train.shape,
      pixelType: train.pixelType,
      classNames: numberedClasses({ train, test }),
      train,
      test,
    };
  },
};

function openPair(imagesPath: string, labelsPath: string, input: ImageShape) {
  const images = openBytes(imagesPath);
  const header = readNpyHeader(images);
  const { shape, channelsLast } = imageAxes(images.path, header, input);
  const labelFile = openBytes(labelsPath);
  const pair: LabelledFiles = { imagesPath, imageCount: header.shape[0], labelsPath, labels: readLabels(labelFile) };
  const pixelType = header.element.code === 'u1' ? ('uint8' as const) : ('float32' as const);
  return { ...pair, shape, pixelType, chunks: () => readImages(images, header, shape, channelsLast) };
}

/** `[N, a, b, c]` is channels first when that is the space's input, else channels last when `c` can be a channel count. */
function imageAxes(path: string, { shape: sizes }: NpyHeader, input: ImageShape) {
  const [, a, b, c] = sizes;
  if (sizes.includes(0)) throw new UserError(`${path} holds an empty array of shape ${formatShape(sizes)}`);
  if (sizes.length === 3) return { shape: [1, a, b] as const, channelsLast: false };
  if (sizes.length !== 4) {
    throw new UserError(`${path} has shape ${formatShape(sizes)}: images are [N, H, W], [N, H, W, C] or [N, C, H, W]`);
  }
  const channelsFirst = String([a, b, c]) === String(input) || (a <= 4 && c > 4);
  return channelsFirst
    ? { shape: [a, b, c] as const, channelsLast: false }
    : { shape: [c, a, b] as const, channelsLast: true };
}

function* readImages(file: ByteSource, header: NpyHeader, shape: ImageShape, channelsLast: boolean): Generator<Pixels> {
  const { element, start } = header;
  const size = imageSize(shape);
  let first = 0;
  for (const bytes of readRecords(file, start, size * element.bytes)) {
    const pixels = element.code === 'u1' ? bytes : toFloats(bytes, header, file.path, first * size, size);
    yield channelsLast ? toChannelsFirst(pixels, shape) : pixels;
    first += bytes.length / (size * element.bytes);
  }
}

/** @param offset index of the chunk's first number in the whole array, for messages */
function toFloats(bytes: Uint8Array, { element, littleEndian }: NpyHeader, path: string, offset: number, size: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const floats = new Float32Array(bytes.length / element.bytes);
  for (let i = 0; i < floats.length; i++) {
    floats[i] = element.get(view, i * element.bytes, littleEndian);
    if (!Number.isFinite(floats[i])) {
      const index = offset + i;
      throw new UserError(
        `${path}: element ${index} (in image ${Math.floor(index / size)}) is ${element.get(view, i * element.bytes, littleEndian)}, not a finite 32-bit number: clean the data`,
      );
    }
  }
  return floats;
}

function toChannelsFirst(pixels: Pixels, [channels, height, width]: ImageShape): Pixels {
  const plane = height * width;
  const turned = pixels instanceof Uint8Array ? new Uint8Array(pixels.length) : new Float32Array(pixels.length);
  for (let image = 0; image < pixels.length; image += channels * plane) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < plane; i++) turned[image + c * plane + i] = pixels[image + i * channels + c];
    }
  }
  return turned;
}

function readLabels(file: ByteSource): Int32Array {
  const { shape, element, littleEndian, start } = readNpyHeader(file);
  if (shape.length !== 1 || element.code.startsWith('f')) {
    throw new UserError(`${file.path} must hold integer labels of shape [N], not ${element.code} of [${shape}]`);
  }
  const bytes = file.read(start, file.size - start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int32Array.from({ length: shape[0] }, (_, index) => {
    const label = element.get(view, index * element.bytes, littleEndian);
    if (Math.abs(label) > 0x7fff_ffff)
      throw new UserError(`${file.path}: the label of image ${index} is ${label}, far out of range`);
    return label;
  });
}
