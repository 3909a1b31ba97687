import type { LayerGraph } from '../space/layerGraph.ts';
import { add, batchNorm, concat, conv2d, depthwise, maxPool, pointwise, relu } from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';
import { factorisedReduction, reluConvNorm, separable } from './cells.ts';
import { classifier } from './layers.ts';
import { network } from './network.ts';
import type { ZooNetwork } from './zooNetwork.ts';

type Operation = 'sep3' | 'dil3' | 'max3' | 'skip';
/** Operation on an earlier map of the cell: 0 and 1 come in, 2 to 5 are made. */
type Edge = [Operation, from: number];

/** Liu et al. 2019, second-order cells (`DARTS_V2`): two edges for each of the four maps, which are joined. */
const normal: Edge[] = [
  ['sep3', 0],
  ['sep3', 1],
  ['sep3', 0],
  ['sep3', 1],
  ['sep3', 1],
  ['skip', 0],
  ['skip', 0],
  ['dil3', 2],
];
const reduction: Edge[] = [
  ['max3', 0],
  ['max3', 1],
  ['skip', 2],
  ['max3', 1],
  ['max3', 0],
  ['skip', 2],
  ['skip', 2],
  ['max3', 1],
];

const CELLS = 14;
const FILTERS = 48;
const REDUCTIONS = [Math.floor(CELLS / 3), Math.floor((2 * CELLS) / 3)];

const norm = (map: MapTensor) => batchNorm(map, { eps: 1e-5 });

function operation(name: Operation, input: MapTensor, stride: number): MapTensor {
  const { channels } = input;
  switch (name) {
    case 'sep3':
      return separable(input, { kernel: 3, stride, inside: channels, out: channels }, norm);
    case 'dil3':
      return norm(pointwise(depthwise(relu(input), { kernel: 3, stride, dilation: 2 }), channels));
    case 'max3':
      return maxPool(input, { kernel: 3, stride });
    case 'skip':
      return stride === 1 ? input : factorisedReduction(input, channels, norm);
  }
}

function cell(before: MapTensor, current: MapTensor, filters: number, reduces: boolean): MapTensor {
  const adjust = before.height > current.height ? factorisedReduction : reluConvNorm;
  const maps = [adjust(before, filters, norm), reluConvNorm(current, filters, norm)];
  const edges = reduces ? reduction : normal;
  for (let at = 0; at < edges.length; at += 2) {
    const [left, right] = edges
      .slice(at, at + 2)
      .map(([name, from]) => operation(name, maps[from], reduces && from < 2 ? 2 : 1));
    maps.push(add(left, right));
  }
  return concat(...maps.slice(2));
}

/** DARTS in the mobile setting: a stem of three convolutions to an eighth of the side, then 14 cells. */
function dartsMobile(): LayerGraph {
  return network((image, block) => {
    let before = block('stem', () => {
      const half = relu(norm(conv2d(image, { out: FILTERS / 2, kernel: 3, stride: 2 })));
      return norm(conv2d(half, { out: FILTERS, kernel: 3, stride: 2 }));
    });
    const eighth = before;
    let current = block('stem2', () => norm(conv2d(relu(eighth), { out: FILTERS, kernel: 3, stride: 2 })));
    for (let c = 0; c < CELLS; c++) {
      const filters = FILTERS * 2 ** REDUCTIONS.filter(at => at <= c).length;
      const [b, a] = [before, current];
      const next = block(`cell${c + 1}`, () => cell(b, a, filters, REDUCTIONS.includes(c)));
      [before, current] = [current, next];
    }
    return block('head', () => classifier(current));
  });
}

export const dartsNets: ZooNetwork[] = [
  {
    name: 'darts-mobile',
    published: {
      top1: 73.3,
      millionMacs: 574,
      millionParameters: 4.7,
      searchCost: '4 GPU days',
      latency: { ms: 92, device: 'Pixel 1' },
      source: 'Liu et al. 2019, arXiv 1806.09055; latency: ProxylessNAS article',
    },
    build: dartsMobile,
  },
];
