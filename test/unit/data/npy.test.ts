import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/data/spec.ts';
import { bytesOf, decode, type Files, NPY_SPEC, npy, npyFiles, temporaryFolder, writeFiles } from './fixtures.ts';

function read(files: Files, input: ImageShape = [1, 2, 2]) {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return decode(NPY_SPEC, folder, input);
}

const COUNTING = Uint8Array.from({ length: 24 }, (_, i) => i);

describe('axes', () => {
  it('[N, H, W] is grey', async () => {
    const { shape, train } = await read(npyFiles('|u1', [2, 3, 4], COUNTING));
    expect(shape).toEqual([1, 3, 4]);
    expect([...train.image(1)].slice(0, 3)).toEqual([12, 13, 14]);
  });

  it('[N, H, W, C] is turned to channels first', async () => {
    const { shape, train } = await read(npyFiles('|u1', [2, 2, 2, 3], COUNTING), [3, 2, 2]);
    expect(shape).toEqual([3, 2, 2]);
    expect([...train.image(1)]).toEqual([12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23]);
  });

  it("[N, C, H, W] is told by the space's input", async () => {
    const { shape, train } = await read(npyFiles('|u1', [2, 3, 2, 2], COUNTING), [3, 2, 2]);
    expect(shape).toEqual([3, 2, 2]);
    expect([...train.image(0)]).toEqual([...COUNTING.subarray(0, 12)]);
  });
});

describe('types', () => {
  const values = [0, 1, 2.5, -3, 4, 5, 6, 7];
  it.each<[string, NodeJS.TypedArray, number[]]>([
    ['<f4', Float32Array.from(values), values],
    ['<f8', Float64Array.from(values), values],
    ['>f4', Float32Array.from(values), values],
    ['<i4', Int32Array.from(values), [0, 1, 2, -3, 4, 5, 6, 7]],
    ['<u2', Uint16Array.from([0, 300, 65535, 3, 4, 5, 6, 7]), [0, 300, 65535, 3, 4, 5, 6, 7]],
    ['|i1', Int8Array.from([0, -128, 127, 3, 4, 5, 6, 7]), [0, -128, 127, 3, 4, 5, 6, 7]],
  ])('%s becomes floats unchanged', async (descr, array, expected) => {
    const bytes = Buffer.from(bytesOf(array));
    if (descr.startsWith('>')) bytes.swap32();
    const { train } = await read(npyFiles(descr, [2, 2, 2], bytes));
    expect([...train.image(0), ...train.image(1)]).toEqual(expected);
  });

  it.each([1, 2, 3])('reads header version %i', async version => {
    const { train } = await read(npyFiles('|u1', [2, 2, 2], COUNTING.subarray(0, 8), version));
    expect([...train.image(1)]).toEqual([4, 5, 6, 7]);
  });
});

describe('errors name the file', () => {
  const bytes = COUNTING.subarray(0, 8);
  const good = () => npyFiles('|u1', [2, 2, 2], bytes);
  it.each<[string, Files, RegExp]>([
    [
      'NaN',
      npyFiles('<f4', [2, 2, 2], bytesOf(Float32Array.of(0, 1, 2, 3, 4, Number.NaN, 6, 7))),
      /x\.npy: element 5 \(in image 1\) is NaN/,
    ],
    [
      'infinity',
      npyFiles('<f8', [2, 2, 2], bytesOf(Float64Array.of(0, 1e300, 2, 3, 4, 5, 6, 7))),
      /x\.npy: element 1 \(in image 0\) is 1e\+300/,
    ],
    ['Fortran order', { ...good(), 'x.npy': npy('|u1', [2, 2, 2], bytes, 1, true) }, /x\.npy is in Fortran order/],
    ['a complex type', { ...good(), 'x.npy': npy('<c8', [2, 2, 2], bytes) }, /x\.npy holds numbers of type c8/],
    ['a short file', { ...good(), 'xt.npy': npy('|u1', [2, 2, 2], bytes.subarray(1)) }, /xt\.npy is truncated/],
    ['float labels', { ...good(), 'y.npy': npy('<f4', [2], bytes) }, /y\.npy must hold integer labels/],
    [
      'a negative label',
      { ...good(), 'y.npy': npy('|i1', [2], Uint8Array.of(1, 255)) },
      /y\.npy: the label of image 1 is -1/,
    ],
    [
      'test images of another kind',
      { ...good(), 'xt.npy': npy('<i2', [2, 2, 1], bytes) },
      /x\.npy holds 1x2x2 uint8 images but .*xt\.npy 1x2x1 float32/,
    ],
    ['two axes', { ...good(), 'x.npy': npy('|u1', [2, 4], bytes) }, /x\.npy has shape 2x4/],
    ['something else', { ...good(), 'yt.npy': Buffer.from('label\n0\n1\n2\n3\n') }, /yt\.npy is not a \.npy file/],
  ])('%s', async (_, files, message) => {
    await expect(read(files)).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });
});
