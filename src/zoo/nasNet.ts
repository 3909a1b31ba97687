import type { LayerGraph } from '../space/layerGraph.ts';
import { add, avgPool, batchNorm, concat, conv2d, maxPool, relu } from '../space/primitives.ts';
import type { MapTensor } from '../space/trace.ts';
import { factorisedReduction, reluConvNorm, separable } from './cells.ts';
import { classifier } from './layers.ts';
import { network } from './network.ts';
import type { ZooNetwork } from './zooNetwork.ts';

/** Channels of the stem's convolution, filters of the first stage's operators, cells in each of the three stages. */
const STEM = 32;
const FILTERS = 44;
const CELLS = 4;

const sep = (input: MapTensor, filters: number, kernel: number, stride = 1) =>
  separable(input, { kernel, stride, inside: filters, out: filters });
const mean = (input: MapTensor, stride = 1) => avgPool(input, { kernel: 3, stride });
const largest = (input: MapTensor) => maxPool(input, { kernel: 3, stride: 2 });

/** The map before the last one, brought to the last one's size and to the cell's filters. */
function adjusted(before: MapTensor, current: MapTensor, filters: number): MapTensor {
  return before.height > current.height ? factorisedReduction(before, filters) : reluConvNorm(before, filters);
}

/** Zoph et al. 2018, figure 4, left. */
function normalCell(before: MapTensor, current: MapTensor, filters: number): MapTensor {
  const left = adjusted(before, current, filters);
  const right = reluConvNorm(current, filters);
  return concat(
    left,
    add(sep(right, filters, 5), sep(left, filters, 3)),
    add(sep(left, filters, 5), sep(left, filters, 3)),
    add(mean(right), left),
    add(mean(left), mean(left)),
    add(sep(right, filters, 3), right),
  );
}

/** Zoph et al. 2018, figure 4, right. @param before as it comes in; for the first cell there is only one map, and it stays as it is */
function reductionCell(before: MapTensor, current: MapTensor, filters: number): MapTensor {
  const left = before === current ? before : adjusted(before, current, filters);
  const right = reluConvNorm(current, filters);
  const first = add(sep(right, filters, 5, 2), sep(left, filters, 7, 2));
  const second = add(largest(right), sep(left, filters, 7, 2));
  return concat(
    second,
    add(mean(right, 2), sep(left, filters, 5, 2)),
    add(mean(first), second),
    add(sep(first, filters, 3), largest(right)),
  );
}

/** NASNet-A (4 @ 1056): two reduction cells as stem, then three stages of four cells, halved and doubled in between. */
function nasNetMobile(): LayerGraph {
  return network((image, block) => {
    const stem = block('stem', () => batchNorm(conv2d(image, { out: STEM, kernel: 3, stride: 2 })));
    let before = stem;
    let current = block('stem.cell1', () => reductionCell(stem, stem, FILTERS / 4));
    const append = (name: string, cell: typeof normalCell, filters: number) => {
      const next = block(name, () => cell(before, current, filters));
      [before, current] = [current, next];
    };
    append('stem.cell2', reductionCell, FILTERS / 2);
    for (let stage = 0; stage < 3; stage++) {
      const filters = FILTERS * 2 ** stage;
      if (stage > 0) append(`reduction${stage}`, reductionCell, filters);
      for (let cell = 0; cell < CELLS; cell++) append(`stage${stage + 1}.cell${cell + 1}`, normalCell, filters);
    }
    return block('head', () => classifier(relu(current), 0.5));
  });
}

export const nasNets: ZooNetwork[] = [
  {
    name: 'nasnet-a-mobile',
    published: {
      top1: 74,
      millionMacs: 564,
      millionParameters: 5.3,
      searchCost: '2,000 GPU days',
      latency: { ms: 183, device: 'Pixel 1' },
      source: 'Zoph et al. 2018, arXiv 1707.07012; search cost and latency: Tan et al. 2019, arXiv 1807.11626',
    },
    build: nasNetMobile,
  },
];
