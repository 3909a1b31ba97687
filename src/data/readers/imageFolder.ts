import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { accessing } from '../bytes.ts';
import { readPicture } from '../images/decode.ts';
import { fitPicture } from '../images/resize.ts';
import type { ImageShape, SpecOf } from '../spec.ts';
import { imageSize } from '../spec.ts';
import type { DatasetReader, DecodedSet } from './reader.ts';

/** `train/<class>/*.png|jpg|jpeg` and `test/<class>/...`; classes are the folders of `train`, sorted by name. */
export const imageFolderReader: DatasetReader<SpecOf<'imageFolder'>> = {
  name: (spec, baseFolder) => basename(resolve(baseFolder, spec.folder)),
  sources: (spec, { baseFolder }) => {
    const { train, test } = list(resolve(baseFolder, spec.folder));
    return [...train, ...test].map(item => item.path);
  },
  places: (spec, { baseFolder }) => ['train', 'test'].map(part => join(resolve(baseFolder, spec.folder), part)),
  read: async (spec, { baseFolder, input }) => {
    if (input[0] !== 1 && input[0] !== 3) {
      throw new UserError(`pictures become 1 (grey) or 3 (colour) channels, but the space's input has ${input[0]}`);
    }
    const { classNames, train, test } = list(resolve(baseFolder, spec.folder));
    return { shape: input, pixelType: 'uint8', classNames, train: decoded(train, input), test: decoded(test, input) };
  },
};

interface Item {
  path: string;
  label: number;
}

function list(folder: string): { classNames: string[]; train: Item[]; test: Item[] } {
  const classNames = subfolders(join(folder, 'train'));
  if (classNames.length < 2) {
    const found = classNames.length === 0 ? 'no folder' : `only the folder "${classNames[0]}"`;
    throw new UserError(
      `${join(folder, 'train')} holds ${found}: it takes one folder of pictures for each of two or more classes`,
    );
  }
  const strange = subfolders(join(folder, 'test')).find(name => !classNames.includes(name));
  if (strange !== undefined) {
    throw new UserError(`${join(folder, 'test', strange)} is a class that ${join(folder, 'train')} does not have`);
  }
  const testNames = new Set(subfolders(join(folder, 'test')));
  const items = (part: string, names: (name: string) => boolean) =>
    classNames.flatMap((name, label) =>
      names(name) ? pictures(join(folder, part, name)).map(path => ({ path, label })) : [],
    );
  const train = items('train', () => true);
  const missing = classNames.findIndex((_, label) => !train.some(item => item.label === label));
  if (missing >= 0) throw new UserError(`${join(folder, 'train', classNames[missing])} holds no PNG or JPEG file`);
  const test = items('test', name => testNames.has(name));
  if (test.length === 0) throw new UserError(`${join(folder, 'test')} holds no class folder with PNG or JPEG files`);
  return { classNames, train, test };
}

function entries(folder: string): string[] {
  // Compared by code unit, so that labels do not depend on the machine's language.
  return accessing(folder, () => readdirSync(folder))
    .filter(name => !name.startsWith('.'))
    .sort();
}

function subfolders(folder: string): string[] {
  return entries(folder).filter(name =>
    accessing(join(folder, name), () => statSync(join(folder, name))).isDirectory(),
  );
}

function pictures(folder: string): string[] {
  return entries(folder)
    .filter(name => /\.(png|jpe?g)$/i.test(name))
    .map(name => join(folder, name));
}

function decoded(items: readonly Item[], shape: ImageShape): DecodedSet {
  return {
    labels: Int32Array.from(items, item => item.label),
    *chunks() {
      const pixels = new Uint8Array(imageSize(shape));
      for (const { path } of items) {
        fitPicture(readPicture(path), shape, pixels);
        yield pixels;
      }
    },
  };
}
