import type { LayerGraph } from '../space/layerGraph.ts';
import { bottleneck, classifier, convolution, roundedWidth } from './layers.ts';
import { network } from './network.ts';
import type { Published, ZooNetwork } from './zooNetwork.ts';

/** Sandler et al. 2018, table 2: expansion, channels out, blocks, stride of the first. */
const stages: readonly [expand: number, width: number, depth: number, stride: number][] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** @param multiplier of all widths; the last layer keeps its 1280 channels below 1 */
function mobileNetV2(multiplier: number): LayerGraph {
  const activation = 'relu6';
  return network((image, block) => {
    const stem = roundedWidth(32 * multiplier);
    let map = block('stem', () => convolution(image, { out: stem, kernel: 3, stride: 2 }, activation));
    for (const [s, [expand, width, depth, firstStride]] of stages.entries()) {
      const out = roundedWidth(width * multiplier);
      for (let b = 0; b < depth; b++) {
        const stride = b === 0 ? firstStride : 1;
        const input = map;
        map = block(`stage${s + 1}.block${b + 1}`, () =>
          bottleneck(input, { kernel: 3, mid: expand * input.channels, out, stride, activation }),
        );
      }
    }
    const last = multiplier > 1 ? roundedWidth(1280 * multiplier) : 1280;
    return block('head', () => classifier(convolution(map, { out: last, kernel: 1 }, activation), 0.2));
  });
}

const paper = 'Sandler et al. 2018, arXiv 1801.04381';
/** Counted without batch norm's scale and shift. */
const cards = 'model cards of tensorflow/models, MobileNetV2';

const widths: [multiplier: number, published: Omit<Published, 'searchCost'>][] = [
  [0.35, { top1: 60.3, millionMacs: 59, millionParameters: 1.66, latency: null, source: cards }],
  [0.5, { top1: 65.4, millionMacs: 97, millionParameters: 1.95, latency: null, source: cards }],
  [0.75, { top1: 69.8, millionMacs: 209, millionParameters: 2.61, latency: null, source: cards }],
  [1, { top1: 72, millionMacs: 300, millionParameters: 3.4, latency: { ms: 75, device: 'Pixel 1' }, source: paper }],
  [
    1.4,
    { top1: 74.7, millionMacs: 585, millionParameters: 6.9, latency: { ms: 143, device: 'Pixel 1' }, source: paper },
  ],
];

export const mobileNetsV2: ZooNetwork[] = widths.map(([multiplier, published]) => ({
  name: `mobilenet-v2-${multiplier === 1 ? '1.0' : multiplier}`,
  published: { ...published, searchCost: null },
  build: () => mobileNetV2(multiplier),
}));
