import type { LayerGraph } from '../space/layerGraph.ts';
import type { Activation } from '../space/operators.ts';
import { dropout, globalAvgPool, hswish, linear, squeezeExcite } from '../space/primitives.ts';
import { bottleneck, convolution, roundedWidth } from './layers.ts';
import { network } from './network.ts';
import type { ZooNetwork } from './zooNetwork.ts';

type Row = [kernel: number, mid: number, out: number, gated: boolean, activation: Activation, stride: number];

/** Howard et al. 2019, table 1. */
const large: Row[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hswish', 2],
  [3, 200, 80, false, 'hswish', 1],
  [3, 184, 80, false, 'hswish', 1],
  [3, 184, 80, false, 'hswish', 1],
  [3, 480, 112, true, 'hswish', 1],
  [3, 672, 112, true, 'hswish', 1],
  [5, 672, 160, true, 'hswish', 2],
  [5, 960, 160, true, 'hswish', 1],
  [5, 960, 160, true, 'hswish', 1],
];

/** Howard et al. 2019, table 2. */
const small: Row[] = [
  [3, 16, 16, true, 'relu', 2],
  [3, 72, 24, false, 'relu', 2],
  [3, 88, 24, false, 'relu', 1],
  [5, 96, 40, true, 'hswish', 2],
  [5, 240, 40, true, 'hswish', 1],
  [5, 240, 40, true, 'hswish', 1],
  [5, 120, 48, true, 'hswish', 1],
  [5, 144, 48, true, 'hswish', 1],
  [5, 288, 96, true, 'hswish', 2],
  [5, 576, 96, true, 'hswish', 1],
  [5, 576, 96, true, 'hswish', 1],
];

/** @param last channels of the 1x1 convolution, and of the layer between pooling and classifier */
function mobileNetV3(rows: readonly Row[], last: [convolution: number, hidden: number]): LayerGraph {
  return network((image, block) => {
    let map = block('stem', () => convolution(image, { out: 16, kernel: 3, stride: 2 }, 'hswish'));
    for (const [b, [kernel, mid, out, gated, activation, stride]] of rows.entries()) {
      const input = map;
      // A quarter of the channels, rounded as widths are.
      const gate = (wide: typeof map) => squeezeExcite(wide, wide.channels / roundedWidth(mid / 4));
      map = block(`block${b + 1}`, () =>
        bottleneck(input, { kernel, mid, out, stride, activation, gate: gated ? gate : undefined }),
      );
    }
    return block('head', () => {
      const wide = convolution(map, { out: last[0], kernel: 1 }, 'hswish');
      return linear(dropout(hswish(linear(globalAvgPool(wide), last[1])), 0.2), 1000);
    });
  });
}

const published = { searchCost: null, source: 'Howard et al. 2019, arXiv 1905.02244' };

export const mobileNetsV3: ZooNetwork[] = [
  {
    name: 'mobilenet-v3-small',
    published: {
      ...published,
      top1: 67.4,
      millionMacs: 56,
      millionParameters: 2.5,
      latency: { ms: 15.8, device: 'Pixel 1' },
    },
    build: () => mobileNetV3(small, [576, 1024]),
  },
  {
    name: 'mobilenet-v3-large',
    published: {
      ...published,
      top1: 75.2,
      millionMacs: 219,
      millionParameters: 5.4,
      latency: { ms: 51, device: 'Pixel 1' },
    },
    build: () => mobileNetV3(large, [960, 1280]),
  },
];
