import type { LayerGraph } from '../space/layerGraph.ts';
import { add, batchNorm, conv2d, maxPool, pointwise, relu } from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';
import { classifier } from './layers.ts';
import { network } from './network.ts';
import type { ZooNetwork } from './zooNetwork.ts';

/** Two 3x3 convolutions, or 1x1, 3x3, 1x1 to four times the width. */
type Kind = 'basic' | 'bottleneck';

const norm = (map: MapTensor) => batchNorm(map, { eps: 1e-5 });

function branch(input: MapTensor, kind: Kind, width: number, stride: number): MapTensor {
  if (kind === 'basic') {
    const first = relu(norm(conv2d(input, { out: width, kernel: 3, stride })));
    return norm(conv2d(first, { out: width, kernel: 3 }));
  }
  const narrow = relu(norm(pointwise(input, width)));
  // The stride stands in the 3x3 convolution, as in the common implementations whose figures are compared with.
  return norm(pointwise(relu(norm(conv2d(narrow, { out: width, kernel: 3, stride }))), 4 * width));
}

function residual(input: MapTensor, kind: Kind, width: number, stride: number): MapTensor {
  const result = branch(input, kind, width, stride);
  const fits = stride === 1 && input.channels === result.channels;
  return relu(add(result, fits ? input : norm(conv2d(input, { out: result.channels, kernel: 1, stride }))));
}

/** He et al. 2016, table 1. @param depths blocks in each of the four stages */
function resNet(kind: Kind, depths: readonly number[]): LayerGraph {
  return network((image, block) => {
    let map = block('stem', () => {
      const filtered = relu(norm(conv2d(image, { out: 64, kernel: 7, stride: 2 })));
      return maxPool(filtered, { kernel: 3, stride: 2 });
    });
    for (const [s, depth] of depths.entries()) {
      for (let b = 0; b < depth; b++) {
        const input = map;
        map = block(`stage${s + 1}.block${b + 1}`, () => residual(input, kind, 64 * 2 ** s, s > 0 && b === 0 ? 2 : 1));
      }
    }
    return block('head', () => classifier(map));
  });
}

const published = {
  searchCost: null,
  latency: null,
  source: 'He et al. 2016, arXiv 1512.03385; accuracy and counts: torchvision',
};

export const resNets: ZooNetwork[] = [
  {
    name: 'resnet-18',
    published: { ...published, top1: 69.8, millionMacs: 1814, millionParameters: 11.689512 },
    build: () => resNet('basic', [2, 2, 2, 2]),
  },
  {
    name: 'resnet-34',
    published: { ...published, top1: 73.3, millionMacs: 3664, millionParameters: 21.797672 },
    build: () => resNet('basic', [3, 4, 6, 3]),
  },
  {
    name: 'resnet-50',
    published: { ...published, top1: 76.1, millionMacs: 4089, millionParameters: 25.557032 },
    build: () => resNet('bottleneck', [3, 4, 6, 3]),
  },
];
