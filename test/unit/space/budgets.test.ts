import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { deriveNetwork, macs, parameters } from '../../../src/space/analysis.ts';
import { budgetsOf, countedCost, countNetwork, peakActivations } from '../../../src/space/budgets.ts';
import { costRange, keeps, networkCost } from '../../../src/space/cost.ts';
import { estimatedMicrojoules } from '../../../src/space/energy.ts';
import {
  add,
  concat,
  conv,
  cpu,
  defineSearchSpace,
  imageFolder,
  mbconv,
  type ObjectiveDefinition,
  type Operator,
  operator,
  pointwise,
  relu,
  table,
  zero,
} from '../../../src/space/index.ts';
import type { MapShape } from '../../../src/space/layerGraph.ts';
import { loadSearchSpace } from '../../../src/space/load.ts';
import { finish, GraphBuilder, MapTensor } from '../../../src/space/trace.ts';

/** The layers that an operator builds on a map. */
function layersOf(input: MapShape, out: number, chosen: Operator) {
  const builder = new GraphBuilder(input, undefined, undefined);
  return finish(chosen.build({ input: new MapTensor(builder, -1, input), out, stride: 1 }));
}

function spaceFor(objective: ObjectiveDefinition) {
  return defineSearchSpace({
    name: 'budgets',
    dataset: imageFolder('images', { classes: 10 }),
    input: [4, 8, 8],
    stem: [],
    stages: [{ width: 4, depth: 2, candidates: [mbconv({ kernel: 3, expand: 2 }), conv({ kernel: 3 }), zero()] }],
    head: {},
    objective,
  });
}

describe('the most numbers in maps at one time', () => {
  // Of maps of 8x8 places; by hand.
  it.each([
    ['a convolution reads one map and writes another', conv({ kernel: 3 }), 4, 4 + 4],
    [
      'an inverted bottleneck without shortcut is largest around its depthwise convolution',
      mbconv({ kernel: 3, expand: 6 }),
      4,
      24 + 24,
    ],
    ['one of expansion 1 has only maps of its own width', mbconv({ kernel: 3, expand: 1 }), 4, 4 + 4],
    [
      'what is read again at the end stays all the while, and the sum is written over one of its terms',
      operator('around', ({ input }) => add(pointwise(relu(pointwise(input, 16)), 4), input)),
      4,
      4 + 16 + 4,
    ],
    [
      'maps that are joined are all there, and so is the result',
      operator('branches', ({ input }) => concat(pointwise(input, 2), pointwise(input, 2))),
      4,
      2 + 2 + 4,
    ],
    [
      'an activation has a map of its own where what it reads is needed later',
      operator('twice', ({ input }) => {
        const wide = pointwise(input, 16);
        return pointwise(add(relu(wide), wide), 4);
      }),
      4,
      16 + 16,
    ],
  ])('%s', (_what, chosen, out, perPlace) => {
    expect(peakActivations(layersOf([4, 8, 8], out, chosen))).toBe(64 * perPlace);
  });

  it.each(['fashion-mnist', 'cifar10', 'resnet', 'imagenet-mobile'])(
    'of a network of %s is that of its largest block, and the sizes are those of the whole',
    async name => {
      const space = await loadSearchSpace(`examples/${name}.nas.ts`);
      const random = new Random(1);
      const costs = (['peakActivationBytes', 'macs', 'params'] as const).map(one => countedCost(space, one));
      const energy = countedCost(space, 'energyMicrojoules');
      for (let trial = 0; trial < 20; trial++) {
        const choices = space.blocks.map(({ candidates }) => random.below(candidates.length));
        const network = deriveNetwork(space, choices);
        const found = costs.map(cost => networkCost(cost, choices));
        expect(found).toEqual([4 * peakActivations(network), macs(network), parameters(network)]);
        const { macs: counted, params, peakActivationBytes, energyMicrojoules } = countNetwork(network, space);
        expect([peakActivationBytes, counted, params]).toEqual(found);
        expect(networkCost(energy, choices) / energyMicrojoules).toBeCloseTo(1, 12);
      }
    },
  );
});

describe('the energy of an inference', () => {
  const layers = layersOf([4, 8, 8], 8, mbconv({ kernel: 3, expand: 2 }));
  // By hand: 1x1 from 4 to 8 channels, 3x3 depthwise, 1x1 to 8, over 8x8 places; batch norms cost their numbers only.
  const macs = 64 * (4 * 8 + 8 * 9 + 8 * 8);
  const moved = 64 * (4 + 8 + 8 + 8 + 8 + 8);
  const params = 4 * 8 + 8 * 9 + 8 * 8 + 3 * 2 * 8;

  it('is that of its multiply-adds, of maps on the chip, and of weights from memory', () => {
    const picojoules = macs * 4.6 + 4 * (moved * 12.5 + params * 162.5);
    expect(estimatedMicrojoules(layers, 4)).toBeCloseTo(picojoules / 1e6, 12);
  });

  it('is in 8 bits a quarter for memory and less for arithmetic', () => {
    const picojoules = macs * 0.3 + moved * 12.5 + params * 162.5;
    expect(estimatedMicrojoules(layers, 1)).toBeCloseTo(picojoules / 1e6, 12);
  });

  it('is nothing for a block that is left out, and the sum of both inputs for a shortcut', () => {
    expect(estimatedMicrojoules({ input: [4, 8, 8], output: -1, nodes: [] }, 4)).toBe(0);
    const around = layersOf(
      [4, 8, 8],
      4,
      operator('around', ({ input }) => add(relu(input), input)),
    );
    expect(estimatedMicrojoules(around, 4)).toBeCloseTo((4 * 3 * 256 * 12.5) / 1e6, 12);
  });
});

describe('the budgets of an objective', () => {
  it('are those that are set, with what the networks take of them', () => {
    const space = spaceFor({ budget: { params: 500, macs: 15_000 } });
    expect(space.objective.latency).toBeUndefined();
    const budgets = budgetsOf(space);
    expect(budgets.map(({ name, most }) => [name, most])).toEqual([
      ['macs', 15_000],
      ['params', 500],
    ]);
    // conv 3x3 over 8x8 places: 4 x 4 x 9; Zero and the head's pooling and linear layer besides.
    expect(budgets[0].cost.values[0]).toEqual([64 * (4 * 8 + 8 * 9 + 8 * 4), 64 * 4 * 4 * 9, 0]);
    expect(networkCost(budgets[0].cost, [1, 2, 0])).toBe(64 * 144 + 40);
    expect(keeps(budgets, [1, 2, 0])).toBe(true);
    expect(keeps(budgets, [1, 1, 0])).toBe(false);
    expect(costRange(budgets[0].cost)).toEqual({ min: 40, max: 2 * 64 * 144 + 40 });
  });

  it('count a quarter of the memory on a device that runs 8-bit networks', () => {
    const peak = (objective: ObjectiveDefinition) =>
      costRange(countedCost(spaceFor(objective), 'peakActivationBytes')).max;
    const inIntegers = peak({ latency: { targetMs: 1, device: cpu({ precision: 'int8' }) } });
    expect(peak({ latency: { targetMs: 1 } })).toBe(4 * inIntegers);
    expect(peak({ latency: { targetMs: 1, device: table('phone.yaml') } })).toBe(4 * inIntegers);
    expect(peak({ budget: { macs: 1e6 } })).toBe(4 * inIntegers);
  });

  it.each([
    ['nothing', {}, /say what is asked of a network/],
    ['an empty budget', { budget: {} }, /say what is asked of a network/],
    [
      'a form of the latency loss without a latency',
      { budget: { macs: 1 }, loss: { form: 'constraint' } },
      /objective\.loss.*leave it out/,
    ],
    ['a budget that is none', { budget: { macs: 0 } }, /"objective\.budget\.macs" must be more than 0/],
    ['a misspelt budget', { budget: { mac: 1e6 } }, /Did you mean "macs"/],
    [
      'threads for a table',
      { latency: { targetMs: 1, device: table('a.yaml'), threads: 2 } },
      /the threads and the batch it was made with/,
    ],
  ])('are refused where there is %s', (_what, objective, message) => {
    expect(() => spaceFor(objective as ObjectiveDefinition)).toThrow(message);
  });
});
