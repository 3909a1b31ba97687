import type { LayerGraph } from '../space/layerGraph.ts';
import { globalAvgPool, multiply, pointwise, relu, sigmoid } from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';
import { bottleneck, classifier, convolution } from './layers.ts';
import { network } from './network.ts';
import type { ZooNetwork } from './zooNetwork.ts';

type Stage = [expand: number, kernel: number, width: number, depth: number, stride: number, gated: boolean];

/** Tan et al. 2019, figure 7, behind the stem. */
const a1: Stage[] = [
  [1, 3, 16, 1, 1, false],
  [6, 3, 24, 2, 2, false],
  [3, 5, 40, 3, 2, true],
  [6, 3, 80, 4, 2, false],
  [6, 3, 112, 2, 1, true],
  [6, 5, 160, 3, 2, true],
  [6, 3, 320, 1, 1, false],
];

/** The network without squeeze-and-excitation, from the authors' code (tensorflow/tpu, mnasnet_models.py). */
const b1: Stage[] = [
  [1, 3, 16, 1, 1, false],
  [3, 3, 24, 3, 2, false],
  [3, 5, 40, 3, 2, false],
  [6, 5, 80, 3, 2, false],
  [6, 3, 96, 2, 1, false],
  [6, 5, 192, 4, 2, false],
  [6, 3, 320, 1, 1, false],
];

function mnasNet(stages: readonly Stage[]): LayerGraph {
  const activation = 'relu';
  return network((image, block) => {
    let map = block('stem', () => convolution(image, { out: 32, kernel: 3, stride: 2 }, activation));
    for (const [s, [expand, kernel, out, depth, firstStride, gated]] of stages.entries()) {
      for (let b = 0; b < depth; b++) {
        const stride = b === 0 ? firstStride : 1;
        const input = map;
        // Squeezed to a quarter of the channels that come into the block, not of those inside.
        const gate = gated ? sigmoidGate(input.channels / 4) : undefined;
        map = block(`stage${s + 1}.block${b + 1}`, () =>
          bottleneck(input, { kernel, mid: expand * input.channels, out, stride, activation, gate }),
        );
      }
    }
    return block('head', () => classifier(convolution(map, { out: 1280, kernel: 1 }, activation), 0.2));
  });
}

/** Squeeze-and-excitation with the sigmoid as gate (Hu et al. 2018). */
function sigmoidGate(squeezed: number) {
  return (map: MapTensor): MapTensor => {
    const narrow = relu(pointwise(globalAvgPool(map), Math.floor(squeezed), { bias: true }));
    return multiply(map, sigmoid(pointwise(narrow, map.channels, { bias: true })));
  };
}

const published = {
  searchCost: '40,000 TPU hours',
  source: 'Tan et al. 2019, arXiv 1807.11626; search cost: Cai et al. 2019, arXiv 1812.00332',
};

export const mnasNets: ZooNetwork[] = [
  {
    name: 'mnasnet-a1',
    published: {
      ...published,
      top1: 75.2,
      millionMacs: 312,
      millionParameters: 3.9,
      latency: { ms: 78, device: 'Pixel 1' },
    },
    build: () => mnasNet(a1),
  },
  {
    name: 'mnasnet-b1',
    published: {
      ...published,
      top1: 74.5,
      millionMacs: 315,
      millionParameters: 4.4,
      latency: { ms: 77, device: 'Pixel 1' },
    },
    build: () => mnasNet(b1),
  },
];
