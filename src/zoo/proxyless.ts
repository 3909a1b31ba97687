import type { LayerGraph } from '../space/layerGraph.ts';
import { bottleneck, classifier, convolution } from './layers.ts';
import { network } from './network.ts';
import type { Published, ZooNetwork } from './zooNetwork.ts';

/** What a block became; null where it is Zero and vanishes into its shortcut. */
export type ChosenBlock = { kernel: number; expand: number; out: number; stride: number } | null;

/** A network of the ProxylessNAS search space. */
export interface ProxylessArchitecture {
  /** Channels of the 3x3 convolution with stride 2. */
  stem: number;
  blocks: readonly ChosenBlock[];
  /** Channels of the last 1x1 convolution. */
  last: number;
}

/** Builds it, block by block; ReLU6 and batch norm throughout. */
export function proxylessNetwork({ stem, blocks, last }: ProxylessArchitecture): LayerGraph {
  const activation = 'relu6';
  return network((image, block) => {
    let map = block('stem', () => convolution(image, { out: stem, kernel: 3, stride: 2 }, activation));
    for (const [b, chosen] of blocks.entries()) {
      if (!chosen) continue;
      const { kernel, expand, out, stride } = chosen;
      const input = map;
      map = block(`block${b + 1}`, () =>
        bottleneck(input, { kernel, mid: Math.round(expand * input.channels), out, stride, activation }),
      );
    }
    return block('head', () => classifier(convolution(map, { out: last, kernel: 1 }, activation)));
  });
}

const strides = [1, 2, 2, 2, 1, 2, 1];

/**
 * The architectures as the authors published them (han-cai/files, proxylessnas/*.config, MIT licence): by stage the width,
 * then kernel and expansion of each block, `-` for Zero.
 */
function architecture(stem: number, last: number, stages: readonly string[]): ProxylessArchitecture {
  const blocks = stages.flatMap((stage, s) => {
    const [width, ...words] = stage.split(' ');
    return words.map((word, b): ChosenBlock => {
      if (word === '-') return null;
      const [kernel, expand] = word.slice(1).split('e').map(Number);
      return { kernel, expand, out: Number(width), stride: b === 0 ? strides[s] : 1 };
    });
  });
  return { stem, blocks, last };
}

export const mobile = architecture(32, 1280, [
  '16 k3e1',
  '32 k5e3 k3e3 - -',
  '40 k7e3 k3e3 k5e3 k5e3',
  '80 k7e6 k5e3 k5e3 k5e3',
  '96 k5e6 k5e3 k5e3 k5e3',
  '192 k7e6 k7e6 k7e3 k7e3',
  '320 k7e6',
]);

export const mobile14 = architecture(48, 1792, [
  '24 k3e1',
  '40 k5e3 k3e3 - -',
  '56 k7e3 k3e3 k5e3 k5e3',
  '112 k7e6 k5e3 k5e3 k5e3',
  '136 k5e6 k5e3 k5e3 k5e3',
  '256 k7e6 k7e6 k7e3 k7e3',
  '448 k7e6',
]);

export const cpu = architecture(40, 1432, [
  '24 k3e1',
  '32 k3e6 k3e3 k3e3 k3e3',
  '48 k3e6 k3e3 k3e3 k5e3',
  '88 k3e6 - - k3e3',
  '104 k5e6 k3e3 k3e3 k3e3',
  '216 k5e6 k5e3 k5e3 k3e3',
  '360 k5e6',
]);

export const gpu = architecture(40, 1728, [
  '24 k3e1',
  '32 k5e3 - - -',
  '56 k7e3 - - k3e3',
  '112 k7e6 - - k5e3',
  '128 k5e6 - k3e3 k5e3',
  '256 k7e6 k7e6 k7e6 k5e6',
  '432 k7e6',
]);

const published = { searchCost: '200 GPU hours', source: 'Cai et al. 2019, arXiv 1812.00332' };

function entry(name: string, chosen: ProxylessArchitecture, figures: Omit<Published, 'searchCost' | 'source'>) {
  const full = `proxylessnas-${name}`;
  return { name: full, published: { ...published, ...figures }, build: () => proxylessNetwork(chosen) };
}

const pixel1 = (ms: number) => ({ ms, device: 'Pixel 1' });

export const proxylessNets: ZooNetwork[] = [
  entry('mobile', mobile, { top1: 74.6, millionMacs: 320.43, millionParameters: 4.081, latency: pixel1(78) }),
  entry('mobile-14', mobile14, { top1: 76.7, millionMacs: 580.88, millionParameters: 6.858, latency: null }),
  entry('cpu', cpu, { top1: 75.3, millionMacs: 439.24, millionParameters: 4.362, latency: pixel1(116) }),
  entry('gpu', gpu, { top1: 75.1, millionMacs: 465.26, millionParameters: 7.12, latency: pixel1(124) }),
];
