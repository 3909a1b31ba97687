import { describe, expect, it } from 'vitest';
import { modelsFor } from '../../../src/engine/search/profiling.ts';
import { onnxruntimeTarget } from '../../../src/latency/targets/onnxruntime.ts';
import type { KernelTime } from '../../../src/latency/targets/target.ts';
import { traceLayers } from '../../../src/latency/trace.ts';
import { deriveNetwork } from '../../../src/space/analysis.ts';
import { tinySpace } from '../engine/tinySpace.ts';

const space = tinySpace();
/** Stem, a 3x3 of expansion 3, a 5x5 of expansion 6, Zero, head. */
const network = deriveNetwork(space, [0, 0, 1, 2, 0]);
const kernel = (name: string, ms: number, op = 'Conv'): KernelTime => ({ name, op, output: [1, 16, 4, 4], ms });
const at = (block: string, op: string) => network.nodes.findIndex(node => node.block === block && node.op === op);

describe('traceLayers', () => {
  it('shares out what the layers take together, the cost of being recorded taken off', () => {
    const conv = `stem/${at('stem', 'conv2d')}.conv2d/t1`;
    const layers = traceLayers(network, [kernel(conv, 5), kernel(conv, 3), kernel(conv, 2)], 0.8);
    expect(layers.map(({ measuredMs }) => measuredMs)).toEqual([0.6, 0.2, 0].map(ms => expect.closeTo(ms, 12)));
  });

  it('names a kernel by the convolution that takes its time and the activation joined to it', () => {
    const block = 'stage1.block1';
    const relu = network.nodes.findIndex(
      (node, i) => node.block === block && node.op === 'relu6' && i > at(block, 'relu6'),
    );
    const [fused, alone] = traceLayers(
      network,
      [kernel(`fused ${block}/${relu}.relu6/t9_nchwc`, 2, 'FusedConv'), kernel(`${block}/${relu}.relu6/t9`, 1, 'Clip')],
      1,
    );
    expect(fused).toMatchObject({ block, name: 'depthwise 3x3 + relu6', kind: 'depthwise', output: '24x4x4' });
    expect(alone).toMatchObject({ block, name: 'relu6', kind: 'elementwise' });
  });

  it('gives a change of layout to the block that it is made for, or that left it', () => {
    const conv = `stage1.block1/${at('stage1.block1', 'conv2d')}.conv2d/t1`;
    const layers = traceLayers(
      network,
      [kernel('ReorderInput', 2, 'ReorderInput'), kernel(conv, 3), kernel('ReorderOutput', 1, 'ReorderOutput')],
      1,
    );
    expect(layers.map(({ block, name, kind }) => [block, name, kind])).toEqual([
      ['stage1.block1', 'ReorderInput', 'layout'],
      ['stage1.block1', 'conv 1x1', 'pointwise'],
      ['stage1.block1', 'ReorderOutput', 'layout'],
    ]);
  });

  it('finds every block again in the trace of a real model, in order', async () => {
    const kernels = await onnxruntimeTarget({ target: 'cpu', precision: 'fp32' }).trace(
      modelsFor({ precision: 'fp32' })(network, 1),
      {
        threads: 1,
        seconds: 0.1,
      },
    );
    const layers = traceLayers(network, kernels, 1);
    expect([...new Set(layers.map(({ block }) => block))]).toEqual(['stem', 'stage1.block1', 'stage2.block1', 'head']);
    const convolutions = network.nodes.filter(({ op }) => op === 'conv2d');
    const kinds = layers.map(({ kind }) => kind).filter(kind => /convolution|pointwise|depthwise/.test(kind));
    expect(kinds).toHaveLength(convolutions.length);
    expect(layers.find(({ name }) => name.startsWith('depthwise 5x5'))).toMatchObject({ output: '48x2x2' });
    expect(layers.reduce((sum, { measuredMs }) => sum + measuredMs, 0)).toBeCloseTo(1, 10);
    expect(layers.every(({ measuredMs }) => measuredMs >= 0)).toBe(true);
  });
});
