import type { LayerGraph } from '../space/layerGraph.ts';

/** What was published of a network, for ImageNet at 224x224. Counts as their authors made them: see `source`. */
export interface Published {
  /** Accuracy on the validation images, percent. */
  top1: number;
  /** Multiply-adds of one image, millions. */
  millionMacs: number;
  millionParameters: number;
  /** What finding it took; null for networks made by hand. */
  searchCost: string | null;
  latency: { ms: number; device: string } | null;
  source: string;
}

/** A published network, built by its name. */
export interface ZooNetwork {
  name: string;
  published: Published;
  build(): LayerGraph;
}
