import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { isSystemError, UserError } from '../base/errors.ts';
import { accessing } from './bytes.ts';
import { CACHE_FORMAT, decodeToMemory, openCache, type StoredDataset, writeCache } from './cache.ts';
import type { ImageSet } from './imageSet.ts';
import type { ReaderContext } from './readers/reader.ts';
import { readerFor } from './readers/registry.ts';
import { type DatasetSpec, formatShape, type ImageShape } from './spec.ts';

export interface DatasetOptions {
  /** Folder that paths in the spec are relative to: the one of the search-space file. */
  baseFolder: string;
  /** Where decoded images are kept between runs. */
  cacheFolder: string;
  /** Shape the search space takes. */
  input: ImageShape;
  /** Stops the decoding, with the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (fraction: number, what: string) => void;
  /** Something went wrong that the data set survives, such as a cache that cannot be written. */
  onWarning?: (message: string) => void;
  /** Larger sets, in bytes, are read from the cache file image by image. Default 1 GiB. */
  memoryLimit?: number;
}

export interface Dataset {
  name: string;
  shape: ImageShape;
  classes: number;
  classNames: readonly string[];
  /** What a person must know to read accuracies on this data rightly. */
  notes: readonly string[];
  train: ImageSet;
  test: ImageSet;
  /** SHA-256 of shape, names, labels and pixels, hex: equal for equal content, wherever it came from. */
  hash: string;
  /** Lets go of files; a data set in memory stays usable. */
  close(): void;
}

const DEFAULT_MEMORY_LIMIT = 2 ** 30;

/**
 * Opens a data set, decoding it into the cache folder the first time and whenever its files change.
 * @throws UserError that names the file for anything wrong in it, and when images do not fit the space's input
 */
export async function openDataset(spec: DatasetSpec, options: DatasetOptions): Promise<Dataset> {
  const { baseFolder, cacheFolder, input, memoryLimit = DEFAULT_MEMORY_LIMIT, onWarning } = options;
  const reader = readerFor(spec);
  const name = reader.name(baseFolder);
  const named = { name, notes: reader.notes() };
  const context: ReaderContext = { baseFolder, input, step: stepper(options, `reading ${name}`) };
  const key = cacheKey(spec, input, reader.sources(context));
  const path = join(cacheFolder, `${spec.kind}-${key}.data`);

  const cached = openCacheSafely(path, memoryLimit, onWarning);
  if (cached) return finish(named, cached, input);

  const decoded = await reader.read(context);
  checkShape(decoded.shape, input);
  const step = stepper(options, `decoding ${name}`);
  let stored: StoredDataset | undefined;
  try {
    await writeCache(path, decoded, step);
    stored = openCacheSafely(path, memoryLimit, onWarning);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const consequence = 'the data set is held in memory and will be decoded again next time';
    onWarning?.(`cannot write the data cache ${path} (${error.message}): ${consequence}`);
  }
  return finish(named, stored ?? (await decodeToMemory(decoded, step)), input);
}

function openCacheSafely(path: string, memoryLimit: number, onWarning?: (message: string) => void) {
  try {
    const stored = openCache(path, memoryLimit);
    if (stored !== 'damaged') return stored;
    onWarning?.(`the data cache ${path} is damaged and is made again`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    onWarning?.(`cannot read the data cache ${path} (${error.message})`);
  }
  return undefined;
}

function finish(named: Pick<Dataset, 'name' | 'notes'>, stored: StoredDataset, input: ImageShape): Dataset {
  const close = () => {
    stored.train.close();
    stored.test.close();
  };
  try {
    checkShape(stored.shape, input);
  } catch (error) {
    close();
    throw error;
  }
  return { ...named, ...stored, classes: stored.classNames.length, close };
}

function checkShape(shape: ImageShape, input: ImageShape): void {
  if (String(shape) === String(input)) return;
  throw new UserError(
    `the data set's images are ${formatShape(shape)} but the space's input is ${formatShape(input)}: set input to [${shape.join(', ')}]`,
  );
}

/** Changes with anything that changes the decoded images: the spec, the input, and size and time of every file. */
function cacheKey(spec: DatasetSpec, input: ImageShape, sources: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([CACHE_FORMAT, spec, input]));
  for (const path of sources) {
    const { size, mtimeMs } = accessing(path, () => statSync(path));
    hash.update(JSON.stringify([path, size, mtimeMs]));
  }
  return hash.digest('hex').slice(0, 20);
}

/** Reports at most a hundred times and lets other work run each time, whatever the size of the pieces. */
function stepper({ signal, onProgress }: DatasetOptions, what: string): (fraction: number) => Promise<void> {
  let reported = -1;
  return async fraction => {
    const percent = Math.floor(fraction * 100);
    if (percent === reported) return;
    reported = percent;
    onProgress?.(fraction, what);
    await otherWork();
    signal?.throwIfAborted();
  };
}
