import { readFileSync } from 'node:fs';
import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { UserError } from '../../base/errors.ts';
import { accessing } from '../bytes.ts';

/** A decoded picture: `data` is rows of pixels, `channels` bytes each (1: grey, 3: RGB). */
export interface Picture {
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}

/**
 * Most pixels a byte of a compressed file can stand for: Huffman-coded JPEG spends at least a bit on a block of 64.
 * A file that declares more is damaged, and is refused before memory is asked for.
 */
const JPEG_PIXELS_PER_BYTE = 512;
/** Deflate copies at most 258 bytes for two bits. */
const DEFLATE_BYTES_PER_BYTE = 1032;
const MOST_PIXELS = 100e6;

/**
 * Reads a PNG or JPEG file, told apart by content. Transparency is dropped, 16 bits become 8, an orientation tag is not
 * applied: what the usual training loaders do.
 * @throws UserError that names the file
 */
export function readPicture(path: string): Picture {
  const bytes = new Uint8Array(accessing(path, () => readFileSync(path)));
  try {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return fromPng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return fromJpeg(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path} is a damaged or truncated picture (${reason}): replace or remove it`);
  }
  throw new UserError(`${path} is neither PNG nor JPEG, whatever its name says: replace or remove it`);
}

function fromJpeg(bytes: Uint8Array): Picture {
  const [width, height] = jpegSize(bytes);
  checkSize(width, height, bytes.length * JPEG_PIXELS_PER_BYTE);
  const { data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, channels: 3, data };
}

/** Width and height from the frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): [width: number, height: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new Error(`no marker at byte ${at}`);
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    // A marker may be preceded by any number of fill bytes 0xff.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  throw new Error('no frame header');
}

function fromPng(bytes: Uint8Array): Picture {
  if (bytes.length < 33) throw new Error(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // A pixel takes at least one bit.
  checkSize(view.getUint32(16), view.getUint32(20), bytes.length * DEFLATE_BYTES_PER_BYTE * 8);
  const { width, height, depth, channels, data, palette } = decodePng(bytes, { checkCrc: true });
  const samples = unpackSamples(data, depth, width * channels, height, palette === undefined);
  if (palette) return { width, height, channels: 3, data: lookUp(samples, palette) };
  const kept = channels >= 3 ? 3 : 1;
  if (channels === kept) return { width, height, channels: kept, data: samples };
  const opaque = new Uint8Array(width * height * kept);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < kept; c++) opaque[i * kept + c] = samples[i * channels + c];
  }
  return { width, height, channels: kept, data: opaque };
}

function checkSize(width: number, height: number, mostPixels: number): void {
  if (width === 0 || height === 0) throw new Error(`declares ${width}x${height} pixels`);
  if (width * height > Math.min(mostPixels, MOST_PIXELS))
    throw new Error(`declares ${width}x${height} pixels, too many`);
}

/** One byte a sample from rows packed with `depth` bits a sample; stretched to 0 .. 255 if `scale`. */
function unpackSamples(
  packed: Uint8Array | Uint8ClampedArray | Uint16Array,
  depth: number,
  rowSamples: number,
  height: number,
  scale: boolean,
): Uint8Array {
  if (depth === 16) return Uint8Array.from(packed, sample => sample >> 8);
  if (depth === 8) return Uint8Array.from(packed);
  const rowBytes = Math.ceil((rowSamples * depth) / 8);
  const mask = (1 << depth) - 1;
  const factor = scale ? 255 / mask : 1;
  const samples = new Uint8Array(rowSamples * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < rowSamples; x++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)];
      samples[y * rowSamples + x] = ((byte >> (8 - depth - (bit & 7))) & mask) * factor;
    }
  }
  return samples;
}

function lookUp(indices: Uint8Array, palette: readonly (readonly number[])[]): Uint8Array {
  const rgb = new Uint8Array(indices.length * 3);
  indices.forEach((index, i) => {
    const colour = palette[index];
    if (!colour) throw new Error(`colour ${index} of a palette of ${palette.length}`);
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = colour[c];
  });
  return rgb;
}
