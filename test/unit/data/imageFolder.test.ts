import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decode, pictureFiles, temporaryFolder, writeFiles } from './fixtures.ts';

const SPEC = { kind: 'imageFolder', folder: 'birds' } as const;

function folderOfPictures(): { base: string; birds: string } {
  const base = temporaryFolder();
  const birds = join(base, 'birds');
  writeFiles(birds, pictureFiles());
  return { base, birds };
}

it('sorts classes and files by name and fits every picture to the input', async () => {
  const { classNames, shape, train, test } = await decode(SPEC, folderOfPictures().base, [3, 4, 4]);
  expect(classNames).toEqual(['cat', 'owl']);
  expect(shape).toEqual([3, 4, 4]);
  expect([...train.labels]).toEqual([0, 1, 1]);
  expect([...test.labels]).toEqual([0, 1]);
  for (const [index, colour] of [
    [0, [10, 20, 30]],
    [1, [200, 100, 50]],
    [2, [200, 100, 50]],
  ] as const) {
    train.image(index).forEach((value, i) => {
      expect(Math.abs(value - colour[i >> 4])).toBeLessThanOrEqual(3);
    });
  }
});

it('makes grey of colour when the input has one channel', async () => {
  const { train } = await decode(SPEC, folderOfPictures().base, [1, 2, 2]);
  expect([...train.image(0)]).toEqual([18, 18, 18, 18]);
});

it.each<[string, (birds: string) => void, RegExp]>([
  [
    'a single class',
    birds => rmSync(join(birds, 'train/cat'), { recursive: true }),
    /train holds only the folder "owl"/,
  ],
  [
    'no class',
    birds => rmSync(join(birds, 'train'), { recursive: true }),
    /cannot read .*train: there is no such file/,
  ],
  ['an empty class', birds => rmSync(join(birds, 'train/cat/a.PNG')), /train.cat holds no PNG or JPEG file/],
  [
    'a test class without training',
    birds => mkdirSync(join(birds, 'test/dog')),
    /test.dog is a class that .*train does not have/,
  ],
  [
    'an empty test folder',
    birds => rmSync(join(birds, 'test'), { recursive: true }) ?? mkdirSync(join(birds, 'test')),
    /test holds no class folder/,
  ],
  [
    'a broken picture',
    birds => writeFiles(birds, { 'train/owl/c.png': Buffer.from([0x89, 0x50, 1, 2]) }),
    /owl.c\.png is a damaged/,
  ],
])('names the folder or file for %s', async (_, spoil, message) => {
  const { base, birds } = folderOfPictures();
  spoil(birds);
  await expect(decode(SPEC, base, [3, 4, 4])).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  );
});
