import type { DatasetKind, DatasetSpec, SpecOf } from '../spec.ts';
import { cifarReader } from './cifar.ts';
import { idxReader } from './idx.ts';
import { imageFolderReader } from './imageFolder.ts';
import { npyReader } from './npy.ts';
import { packageReader } from './package.ts';
import type { DatasetReader, DecodedDataset, ReaderContext } from './reader.ts';

/** One row for each format; the compiler asks for a missing one. */
const READERS: { readonly [Kind in DatasetKind]: DatasetReader<SpecOf<Kind>> } = {
  package: packageReader,
  idx: idxReader,
  cifar: cifarReader,
  imageFolder: imageFolderReader,
  npy: npyReader,
};

/** A reader bound to its spec. */
export interface BoundReader {
  name(baseFolder: string): string;
  notes(): readonly string[];
  sources(context: ReaderContext): string[];
  places(context: ReaderContext): string[];
  read(context: ReaderContext): Promise<DecodedDataset>;
}

/** The reader for a spec. */
export function readerFor<Kind extends DatasetKind>(spec: SpecOf<Kind> & DatasetSpec): BoundReader {
  const reader = READERS[spec.kind as Kind];
  return {
    name: baseFolder => reader.name(spec, baseFolder),
    notes: () => reader.notes?.(spec) ?? [],
    sources: context => reader.sources(spec, context),
    places: context => (reader.places ?? reader.sources)(spec, context),
    read: context => reader.read(spec, context),
  };
}
