import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ByteSource } from './bytes.ts';
import { FileImageSet, type ImageSet, MemoryImageSet } from './imageSet.ts';
import type { DecodedDataset } from './readers/reader.ts';
import type { ImageShape } from './spec.ts';
import { imageSize } from './spec.ts';

/*
 * Layout of a cache file: 8 bytes of magic, length of the header (uint32), header (JSON), labels of both parts (int32),
 * pixels of both parts (bytes or float32), SHA-256 of all before. Little-endian, as every processor Node runs on here.
 * Nothing in it depends on time or place, so the digest identifies the content.
 */
const MAGIC = Buffer.from('PXLDATA1');
const PREFIX_BYTES = MAGIC.length + 4;
const DIGEST_BYTES = 32;
/** One read or digest update; both have a limit of 2 GiB. */
const PIECE_BYTES = 256 << 20;

/** Bump when the meaning of stored pixels changes: old files are then no longer looked for. */
export const CACHE_FORMAT = 1;

const SIDE = z.int().positive();
const COUNT = z.int().nonnegative();
const HEADER = z.object({
  shape: z.tuple([SIDE, SIDE, SIDE]).readonly(),
  pixelType: z.enum(['uint8', 'float32']),
  classNames: z.array(z.string()).readonly(),
  /** Images for training and for testing. */
  counts: z.tuple([COUNT, COUNT]).readonly(),
});
type Header = Readonly<z.infer<typeof HEADER>>;

/** A data set as stored. */
export interface StoredDataset {
  shape: ImageShape;
  classNames: readonly string[];
  train: ImageSet;
  test: ImageSet;
  /** SHA-256 of the content, hex. */
  hash: string;
}

/** Reports the share done; throws to stop. */
type Step = (fraction: number) => Promise<void>;

/**
 * Decodes everything into a cache file, which appears whole or not at all.
 * @throws the operating system's error when it cannot be written; `UserError` for a fault in the images
 */
export async function writeCache(path: string, decoded: DecodedDataset, step: Step): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    try {
      await encode(decoded, step, bytes => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      });
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Decodes everything into memory, for when no cache file can be written. */
export async function decodeToMemory(decoded: DecodedDataset, step: Step): Promise<StoredDataset> {
  const content = new Uint8Array(layout(encodeHeader(decoded), decoded).end + DIGEST_BYTES);
  let at = 0;
  await encode(decoded, step, bytes => {
    content.set(bytes, at);
    at += bytes.length;
  });
  const read = (offset: number, length: number) => content.slice(offset, offset + length);
  const stored = load({ path: 'memory', size: content.length, read });
  if (!stored) throw new Error('a data set encoded in memory does not read back');
  return stored;
}

/**
 * Opens a cache file; `undefined` when there is none, `damaged` when it must be made again. Pixels of more than
 * `memoryLimit` bytes stay in the file and are read image by image; their digest is then taken as written, for
 * computing it would read the whole file.
 */
export function openCache(path: string, memoryLimit: number): StoredDataset | 'damaged' | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  const file = openSync(path, 'r');
  let keep = false;
  try {
    const source = { path, size, read: (offset: number, length: number) => readFully(file, offset, length) };
    const stored = size > memoryLimit ? loadOnDisk(source, file) : load(source);
    keep = stored?.train instanceof FileImageSet;
    return stored ?? 'damaged';
  } finally {
    if (!keep) closeSync(file);
  }
}

/** Produces the bytes of a cache file in order. */
async function encode(decoded: DecodedDataset, step: Step, sink: (bytes: Uint8Array) => void): Promise<void> {
  const digest = createHash('sha256');
  const put = (bytes: Uint8Array) => {
    digest.update(bytes);
    sink(bytes);
  };
  const header = encodeHeader(decoded);
  const { pixels: start, end } = layout(header, decoded);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.set(MAGIC);
  prefix.writeUInt32LE(header.length, MAGIC.length);
  put(prefix);
  put(header);
  put(bytesOf(decoded.train.labels));
  put(bytesOf(decoded.test.labels));
  let done = 0;
  for (const part of [decoded.train, decoded.test]) {
    for (const chunk of part.chunks()) {
      put(bytesOf(chunk));
      done += chunk.byteLength;
      await step(done / (end - start));
    }
  }
  if (done !== end - start) throw new Error(`a reader gave ${done} bytes of pixels, not ${end - start}`);
  sink(digest.digest());
}

function encodeHeader({ shape, pixelType, classNames, train, test }: DecodedDataset): Uint8Array {
  const header = { shape, pixelType, classNames, counts: [train.labels.length, test.labels.length] };
  return Buffer.from(JSON.stringify(header));
}

/** Byte offsets of the sections. */
function layout(header: Uint8Array, { shape, pixelType, train, test }: DecodedDataset) {
  return sections(header.length, { shape, pixelType, counts: [train.labels.length, test.labels.length] });
}

function sections(headerBytes: number, { shape, pixelType, counts }: Omit<Header, 'classNames'>) {
  const imageBytes = imageSize(shape) * (pixelType === 'uint8' ? 1 : 4);
  const labels = PREFIX_BYTES + headerBytes;
  const pixels = labels + 4 * (counts[0] + counts[1]);
  return {
    labels,
    pixels,
    testPixels: pixels + counts[0] * imageBytes,
    end: pixels + (counts[0] + counts[1]) * imageBytes,
  };
}

/** Reads prefix and header; `undefined` unless they are whole and agree with the length of the file. */
function readHeader(source: ByteSource) {
  if (source.size < PREFIX_BYTES + DIGEST_BYTES) return undefined;
  const prefix = Buffer.from(source.read(0, PREFIX_BYTES));
  const length = prefix.readUInt32LE(MAGIC.length);
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC) || PREFIX_BYTES + length > source.size) return undefined;
  const bytes = source.read(PREFIX_BYTES, length);
  try {
    const header = HEADER.parse(JSON.parse(Buffer.from(bytes).toString()));
    const places = sections(length, header);
    return places.end + DIGEST_BYTES === source.size ? { header, prefix, bytes, places } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads all into memory and checks the digest. */
function load(source: ByteSource): StoredDataset | undefined {
  const found = readHeader(source);
  if (!found) return undefined;
  const { header, prefix, bytes, places } = found;
  const labels = source.read(places.labels, places.pixels - places.labels);
  const train = source.read(places.pixels, places.testPixels - places.pixels);
  const test = source.read(places.testPixels, places.end - places.testPixels);
  const digest = createHash('sha256');
  for (const section of [prefix, bytes, labels, train, test]) {
    for (let at = 0; at < section.length; at += PIECE_BYTES) digest.update(section.subarray(at, at + PIECE_BYTES));
  }
  const hash = digest.digest('hex');
  if (hash !== Buffer.from(source.read(places.end, DIGEST_BYTES)).toString('hex')) return undefined;
  const [trainLabels, testLabels] = splitLabels(labels, header);
  const pixels = (section: Uint8Array) => (header.pixelType === 'uint8' ? section : new Float32Array(section.buffer));
  return {
    shape: header.shape,
    classNames: header.classNames,
    train: new MemoryImageSet(header.shape, pixels(train), trainLabels),
    test: new MemoryImageSet(header.shape, pixels(test), testLabels),
    hash,
  };
}

/** Leaves the pixels where they are. */
function loadOnDisk(source: ByteSource, file: number): StoredDataset | undefined {
  const found = readHeader(source);
  if (!found) return undefined;
  const { header, places } = found;
  const [trainLabels, testLabels] = splitLabels(source.read(places.labels, places.pixels - places.labels), header);
  const { shape, pixelType } = header;
  return {
    shape,
    classNames: header.classNames,
    train: new FileImageSet(file, places.pixels, shape, pixelType, trainLabels),
    test: new FileImageSet(openSync(source.path, 'r'), places.testPixels, shape, pixelType, testLabels),
    hash: Buffer.from(source.read(places.end, DIGEST_BYTES)).toString('hex'),
  };
}

function splitLabels(bytes: Uint8Array, { counts }: Header): [train: Int32Array, test: Int32Array] {
  const labels = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return [labels.slice(0, counts[0]), labels.slice(counts[0])];
}

function bytesOf(numbers: Uint8Array | Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function readFully(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file, bytes, at, Math.min(length - at, PIECE_BYTES), offset + at);
    if (read === 0) break;
    at += read;
  }
  return bytes;
}
