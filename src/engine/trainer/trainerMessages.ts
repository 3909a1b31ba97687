import type { Normalisation } from '../../data/normalisation.ts';
import type { DatasetSpec } from '../../data/spec.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { Augmentation, Schedule } from '../../space/searchSpace.ts';

/** What a trainer process is to do: train one network from scratch, export it, check the export, test it. */
export interface TrainingJob {
  name: string;
  layers: LayerGraph;
  dataset: { spec: DatasetSpec; baseFolder: string; cacheFolder: string };
  normalisation: Normalisation;
  augment: Augmentation;
  schedule: Schedule['train'] & { momentum: number };
  /** Train without this share of the training images and test on them instead of the test images; nothing is exported. */
  heldOut?: { share: number; seed: number };
  seed: number;
  threads: number;
  /** Where `weights.safetensors` and `model.onnx` go. */
  folder: string;
}

export interface TrainedNetwork {
  name: string;
  testAccuracy: number;
  testCrossEntropy: number;
  /** Largest difference between logits of the training runtime and of the exported model, over one batch; 0 without export. */
  exportDifference: number;
  seconds: number;
  peakRssMb: number;
}

/** What a trainer process is told: its job, once, and when to hold still. */
export type TrainerRequest = { type: 'train'; job: TrainingJob } | { type: 'hold' } | { type: 'release' };

/** What a trainer process tells; structured clone over its channel. */
export type TrainerMessage =
  | { type: 'ready' }
  | { type: 'progress'; step: number; steps: number; epoch: number; loss: number; accuracy: number }
  | { type: 'done'; result: TrainedNetwork }
  | { type: 'failure'; user: boolean; message: string };
