import { statSync } from 'node:fs';
import { accessing } from './bytes.ts';
import { readerFor } from './readers/registry.ts';
import type { DatasetSpec, ImageShape } from './spec.ts';

/**
 * Looks whether a data set is where it should be, opening none of its files: quick whatever its size.
 *
 * @throws UserError naming what is missing
 */
export function findDataset(spec: DatasetSpec, { baseFolder, input }: { baseFolder: string; input: ImageShape }): void {
  const paths = readerFor(spec).places({ baseFolder, input, step: async () => {} });
  for (const path of paths) accessing(path, () => statSync(path));
}
