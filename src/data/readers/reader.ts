import { UserError } from '../../base/errors.ts';
import type { Pixels, PixelType } from '../imageSet.ts';
import type { ImageShape } from '../spec.ts';

/** What a reader is given besides the spec. */
export interface ReaderContext {
  /** Folder that paths in the spec are relative to. */
  baseFolder: string;
  /** Shape the search space takes; image folders are resized to it, `.npy` axes are told apart by it. */
  input: ImageShape;
  /** Called now and then with the share done: reports progress, lets other work run, throws when the person stopped it. */
  step(fraction: number): Promise<void>;
}

/** Images of one part, still in their files. */
export interface DecodedSet {
  /** Class of every image, `[N]`. */
  labels: Int32Array;
  /** The images in order, some whole images at a time, `[n, C, H, W]`; can be asked for again. A chunk lives until the next. */
  chunks(): Iterable<Pixels>;
}

/** A data set whose files were opened and checked as far as their headers and labels go. */
export interface DecodedDataset {
  shape: ImageShape;
  pixelType: PixelType;
  classNames: readonly string[];
  train: DecodedSet;
  test: DecodedSet;
}

/** One format. Every mistake in the files is a `UserError` that names the file. */
export interface DatasetReader<Spec> {
  /** Short name for people, such as `fashion-mnist`. */
  name(spec: Spec, baseFolder: string): string;
  /** What a person must know to read the accuracies rightly. */
  notes?(spec: Spec): readonly string[];
  /** Every file whose change must be noticed. */
  sources(spec: Spec, context: ReaderContext): string[];
  /** The few files or folders that must be there; `sources` unless said. */
  places?(spec: Spec, context: ReaderContext): string[];
  read(spec: Spec, context: ReaderContext): Promise<DecodedDataset>;
}

/**
 * Checks labels known only as numbers and names the classes `0`, `1`, ...: training decides how many there are.
 * @throws UserError for counts that differ, a negative label, a single class, a test label never trained on
 */
export function numberedClasses(parts: Record<'train' | 'test', LabelledFiles>): string[] {
  for (const part of Object.values(parts)) {
    const { labels, imageCount } = part;
    if (labels.length !== imageCount) {
      throw new UserError(
        `${part.imagesPath} holds ${imageCount} images but ${part.labelsPath} holds ${labels.length} labels: they must be pairs`,
      );
    }
    if (imageCount === 0) throw new UserError(`${part.imagesPath} holds no images`);
    const negative = labels.findIndex(label => label < 0);
    if (negative >= 0) throw labelError(part.labelsPath, negative, labels[negative], 'labels count from 0');
  }
  const classes = 1 + parts.train.labels.reduce((most, label) => Math.max(most, label), 0);
  if (classes < 2)
    throw new UserError(`${parts.train.labelsPath} holds a single class: there is nothing to tell apart`);
  if (classes > MOST_CLASSES) {
    const index = parts.train.labels.indexOf(classes - 1);
    throw labelError(parts.train.labelsPath, index, classes - 1, `at most ${MOST_CLASSES} classes are read`);
  }
  const strange = parts.test.labels.findIndex(label => label >= classes);
  if (strange >= 0) {
    const hint = `the training labels are 0 to ${classes - 1}`;
    throw labelError(parts.test.labelsPath, strange, parts.test.labels[strange], hint);
  }
  return Array.from({ length: classes }, (_, index) => String(index));
}

/** A pair of files, images and labels, as `numberedClasses` needs to know it. */
export interface LabelledFiles {
  imagesPath: string;
  imageCount: number;
  labelsPath: string;
  labels: Int32Array;
}

/** Above any classification set in use (ImageNet-21k); a damaged label must not become a layer of 2^31 outputs. */
const MOST_CLASSES = 65536;

/** The error for a label that cannot be. */
export function labelError(path: string, index: number, label: number, hint: string): UserError {
  return new UserError(`${path}: the label of image ${index} is ${label}, which is out of range: ${hint}`);
}
