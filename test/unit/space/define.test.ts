import { describe, expect, it } from 'vitest';
import { blockGraph, deriveNetwork, signature } from '../../../src/space/analysis.ts';
import {
  addLinear,
  basic,
  bottleneck,
  conv,
  defineSearchSpace,
  fashionMnist,
  identity,
  imageFolder,
  mbconv,
  npy,
  operator,
  relu,
  type SearchSpace,
  sepconv,
  stage,
  zero,
} from '../../../src/space/index.ts';
import { outputShape } from '../../../src/space/layerGraph.ts';

type Definition = Parameters<typeof defineSearchSpace>[0];

/** A space of one stage on 8x14x14 maps; `changes` replace fields of the definition. */
function space(stages: Definition['stages'], changes: Partial<Definition> = {}): SearchSpace {
  return defineSearchSpace({
    name: 'test',
    dataset: fashionMnist(),
    stem: [conv({ kernel: 3, stride: 2, out: 8 })],
    stages,
    head: {},
    objective: { latency: { targetMs: 1 } },
    ...changes,
  });
}

const names = (of: SearchSpace, block: number) => of.blocks[block].candidates.map(candidate => candidate.name);
const ops = (of: SearchSpace, block: number, choice = 0) =>
  blockGraph(of.blocks[block], choice).nodes.map(node => node.op);

describe('defineSearchSpace', () => {
  it('fills in one thread, one image, the constraint loss and the size of the data', () => {
    const { objective, input, classes } = space([
      { width: 8, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 })] },
    ]);
    expect(objective).toEqual({
      latency: { targetMs: 1, device: { target: 'cpu', precision: 'fp32' }, threads: 1, batch: 1 },
      budget: {},
      loss: { form: 'constraint' },
    });
    expect([input, classes]).toEqual([[1, 28, 28], 10]);
  });

  it('takes the published schedule for image folders, and what the person types over it', () => {
    const { schedule, objective } = space([{ width: 8, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 })] }], {
      dataset: imageFolder('images', { classes: 1000 }),
      input: [3, 224, 224],
      schedule: { epochs: 3, train: { rate: 0.1 } },
      objective: { latency: { targetMs: 1, threads: 2 }, loss: addLinear({ lambda: 0.2 }) },
    });
    expect(schedule).toMatchObject({ epochs: 3, warmupEpochs: 40, warmupRate: 0.05, rate: 0.025, weightDecay: 4e-5 });
    expect(schedule.train).toMatchObject({ epochs: 300, batch: 256, rate: 0.1 });
    expect(objective.loss).toEqual({ form: 'add#linear', lambda: 0.2 });
  });

  it('puts the shortcut around blocks that keep their shape, with Zero to let them vanish', () => {
    const candidates = [mbconv({ kernel: 3, expand: 3 }), zero()];
    const found = space([{ width: 16, depth: 2, stride: 2, candidates }]);
    expect(found.blocks.map(block => block.residual)).toEqual([false, false, true, false]);
    expect([names(found, 1), names(found, 2)]).toEqual([['mbconv 3x3 e3'], ['mbconv 3x3 e3', 'zero']]);
    expect(ops(found, 2).at(-1)).toBe('add');
    expect(ops(found, 2, 1)).toEqual([]);
  });

  it('leaves shortcuts to operators that carry their own, and gives the others one inside', () => {
    const candidates = [basic({ kernel: 3 }), mbconv({ kernel: 3, expand: 1 }), identity()];
    const found = space([{ width: 8, depth: 1, candidates }]);
    expect(found.blocks[1].residual).toBe(false);
    expect(found.blocks[1].candidates.map(candidate => candidate.zero)).toEqual([false, false, false]);
    expect(ops(found, 1, 0).filter(op => op === 'add')).toHaveLength(1);
    expect(ops(found, 1, 1).at(-1)).toBe('add');
    expect(ops(found, 1, 2)).toEqual([]);
  });

  it('projects the shortcut of a ResNet block that changes width or size', () => {
    const found = space([{ width: 16, depth: 1, stride: 2, candidates: [bottleneck({ kernel: 3, widthRatio: 0.5 })] }]);
    expect(signature(found.blocks[1].candidates[0].layers)).toBe(
      'pw8 bn relu conv8k3s2 bn relu pw16 bn pw16s2@-1 bn add@7,9 relu 8x14x14->16x7x7',
    );
  });

  it('lets the blocks beyond the least depth vanish', () => {
    const plain = space([{ width: 16, depth: [1, 3], candidates: [mbconv({ kernel: 3, expand: 3 })] }]);
    expect([1, 2, 3].map(block => names(plain, block).includes('zero'))).toEqual([false, true, true]);
    const resnet = space([{ width: 16, depth: [2, 3], candidates: [basic({ kernel: 3 })] }]);
    expect([1, 2, 3].map(block => names(resnet, block).includes('identity'))).toEqual([false, false, true]);
  });

  it('rounds widths under a multiplier to multiples of 8, losing at most a tenth', () => {
    const candidates = [mbconv({ kernel: 3, expand: 3 })];
    const stages = [24, 40, 80].map(width => ({ width, depth: 1, candidates }));
    const widths = (widthMultiplier: number) =>
      space(stages, { widthMultiplier, head: { width: 100 } }).blocks.map(block => block.output[0]);
    // By hand from the MobileNet rule: 8 -> 8; 12 -> 16; 20 -> 24; 40.
    expect(widths(0.5)).toEqual([8, 16, 24, 40, 10]);
    // 11.2 -> 8 loses more than a tenth -> 16; 33.6 -> 32; 56; 112.
    expect(widths(1.4)).toEqual([16, 32, 56, 112, 10]);
  });

  it('derives a network from the image to the logits for every choice', () => {
    const candidates = [mbconv({ kernel: 3, expand: 3 }), sepconv({ kernel: 5 }), zero()];
    const found = space([stage({ width: 8, depth: 2, candidates })], { head: { width: 32, dropout: 0.2 } });
    for (const first of [0, 1, 2]) {
      for (const second of [0, 1, 2]) {
        const network = deriveNetwork(found, [0, first, second, 0]);
        expect(network.input).toEqual([1, 28, 28]);
        expect(outputShape(network)).toEqual([10, 1, 1]);
        expect(network.nodes.every((node, index) => node.inputs.every(input => input < index))).toBe(true);
      }
    }
    expect(() => deriveNetwork(found, [0, 0, 0])).toThrow('has 4 blocks, but 3 choices');
    expect(() => deriveNetwork(found, [0, 3, 0, 0])).toThrow('"stage1.block1" has no candidate 3');
  });

  const refused: [string, () => SearchSpace, RegExp][] = [
    [
      'zero() beside ResNet blocks',
      () => space([{ width: 8, depth: 1, candidates: [basic({ kernel: 3 }), zero()] }]),
      /Use identity\(\)/,
    ],
    [
      'zero() and identity() together',
      () => space([{ width: 8, depth: 1, candidates: [conv({ kernel: 3 }), zero(), identity()] }]),
      /same choice/,
    ],
    [
      'a least depth where all may vanish',
      () => space([{ width: 8, depth: [1, 2], candidates: [conv({ kernel: 3 }), zero()] }]),
      /least depth/,
    ],
    [
      'a stem of zero()',
      () => space([{ width: 8, depth: 1, candidates: [conv({ kernel: 3 })] }], { stem: [zero()] }),
      /cannot stand in the stem/,
    ],
    [
      'a stride of its own in a stage',
      () => space([{ width: 8, depth: 1, candidates: [conv({ kernel: 3, stride: 2 })] }]),
      /the stage's width and stride hold/,
    ],
    [
      'data of any size without an input',
      () =>
        space([{ width: 8, depth: 1, candidates: [conv({ kernel: 3 })] }], {
          dataset: npy({ trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd', classes: 3 }),
        }),
      /"input": give \[channels/,
    ],
    [
      'groups that do not divide the channels',
      () => space([{ width: 8, depth: 1, candidates: [conv({ kernel: 3, groups: 3 })] }]),
      /into 3 groups/,
    ],
  ];

  it.each(refused)('refuses %s', (_name, define, message) => {
    expect(define).toThrow(message);
  });

  it('refuses a map that belongs to another operator', () => {
    let leaked: Parameters<typeof relu>[0] | undefined;
    const leaking = operator('leaking', ({ input }) => {
      leaked ??= input;
      return relu(leaked);
    });
    const stages = [8, 8].map(width => ({ width, depth: 1, candidates: [leaking] }));
    expect(() => space([...stages, { width: 8, depth: 1, stride: 2, candidates: [leaking] }])).toThrow(/its own input/);
  });
});
