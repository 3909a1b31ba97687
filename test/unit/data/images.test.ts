import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { type Picture, readPicture } from '../../../src/data/images/decode.ts';
import { fitPicture } from '../../../src/data/images/resize.ts';
import type { ImageShape } from '../../../src/data/spec.ts';
import { flatJpeg, temporaryFolder, uint32 } from './fixtures.ts';

function fitted(picture: Picture, shape: ImageShape): number[] {
  const into = new Uint8Array(shape[0] * shape[1] * shape[2]);
  fitPicture(picture, shape, into);
  return [...into];
}

const grey = (width: number, height: number, data: number[]): Picture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});

describe('fitting', () => {
  it('keeps a picture of the wanted size', () => {
    expect(fitted(grey(2, 2, [1, 2, 3, 4]), [1, 2, 2])).toEqual([1, 2, 3, 4]);
  });

  it('enlarges bilinearly', () => {
    // Centres of the new pixels lie at 0.25, 0.75, 1.25, 1.75 between old centres 0.5 and 1.5.
    expect(fitted(grey(2, 2, [0, 100, 0, 100]), [1, 4, 4]).slice(0, 4)).toEqual([0, 25, 75, 100]);
  });

  it('averages when shrinking: a fine checkerboard becomes grey, not a pattern', () => {
    const board = grey(
      64,
      64,
      Array.from({ length: 64 * 64 }, (_, i) => ((i + (i >> 6)) % 2) * 200),
    );
    for (const value of fitted(board, [1, 8, 8])) expect(Math.abs(value - 100)).toBeLessThanOrEqual(1);
  });

  it('cuts the middle of a wide picture instead of squeezing it', () => {
    expect(fitted(grey(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]), [1, 2, 2])).toEqual([2, 3, 6, 7]);
  });

  it('turns grey to colour and colour to the luma of BT.601', () => {
    expect(fitted(grey(1, 1, [9]), [3, 1, 1])).toEqual([9, 9, 9]);
    const colour: Picture = { width: 1, height: 1, channels: 3, data: Uint8Array.of(100, 200, 50) };
    expect(fitted(colour, [1, 1, 1])).toEqual([153]);
    expect(fitted(colour, [3, 1, 1])).toEqual([100, 200, 50]);
  });
});

/** A PNG put together by hand: one filter byte 0 before every row. */
function png(
  width: number,
  height: number,
  depth: number,
  colour: number,
  rows: number[][],
  extra: Buffer[] = [],
): Buffer {
  const header = Buffer.concat([uint32(width, height), Uint8Array.of(depth, colour, 0, 0, 0)]);
  const data = deflateSync(Uint8Array.from(rows.flatMap(row => [0, ...row])));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...extra,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function readBytes(bytes: Uint8Array): Picture {
  const path = join(temporaryFolder(), 'picture');
  writeFileSync(path, bytes);
  return readPicture(path);
}

describe('PNG', () => {
  it('unpacks 1-bit grey, row by row', () => {
    expect(readBytes(png(3, 2, 1, 0, [[0b10100000], [0b01000000]]))).toEqual(grey(3, 2, [255, 0, 255, 0, 255, 0]));
  });

  it('looks colours up in a palette', () => {
    const palette = chunk('PLTE', Uint8Array.of(1, 2, 3, 40, 50, 60));
    const { channels, data } = readBytes(png(2, 1, 4, 3, [[0x10]], [palette]));
    expect([channels, ...data]).toEqual([3, 40, 50, 60, 1, 2, 3]);
  });

  it('drops alpha and the low byte of 16 bits', () => {
    const rgba = readBytes(png(1, 1, 8, 6, [[9, 8, 7, 100]]));
    expect([rgba.channels, ...rgba.data]).toEqual([3, 9, 8, 7]);
    expect([...readBytes(png(2, 1, 16, 0, [[0x12, 0x34, 0xff, 0x00]])).data]).toEqual([0x12, 0xff]);
    expect([...readBytes(png(1, 1, 8, 4, [[33, 100]])).data]).toEqual([33]);
  });

  it('refuses a changed byte, by the checksum', () => {
    const bytes = encodePng({ width: 9, height: 9, channels: 1, data: new Uint8Array(81) });
    bytes[bytes.length - 20] ^= 4;
    expect(() => readBytes(bytes)).toThrow(/picture is a damaged or truncated picture/);
  });

  it('refuses dimensions that its few bytes cannot fill, before asking for memory', () => {
    expect(() => readBytes(png(0x7fff_ffff, 0x7fff_ffff, 8, 6, [[0]]))).toThrow(
      /2147483647x2147483647 pixels, too many/,
    );
  });
});

describe('JPEG', () => {
  it('reads colours to within its loss', () => {
    const { width, height, channels, data } = readBytes(flatJpeg(20, 10, [200, 100, 50]));
    expect([width, height, channels]).toEqual([20, 10, 3]);
    data.forEach((value, i) => {
      expect(Math.abs(value - [200, 100, 50][i % 3])).toBeLessThanOrEqual(3);
    });
  });

  it('refuses a truncated file and a foreign one', () => {
    const bytes = flatJpeg(64, 64, [1, 2, 3]);
    expect(() => readBytes(bytes.subarray(0, bytes.length - 30))).toThrow(/damaged or truncated/);
    expect(() => readBytes(Buffer.from('GIF89a..........'))).toThrow(/neither PNG nor JPEG/);
  });
});
