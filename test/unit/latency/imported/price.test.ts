import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fastestChoice } from '../../../../src/latency/choose.ts';
import { readImportedTable } from '../../../../src/latency/imported/importedTable.ts';
import { tableKeys } from '../../../../src/latency/imported/keys.ts';
import { importedPredictor, priceOf } from '../../../../src/latency/imported/price.ts';
import type { LatencyPredictor } from '../../../../src/latency/predictor.ts';
import { deriveNetwork, macs } from '../../../../src/space/analysis.ts';
import { dropout, globalAvgPool, hswish, linear, squeezeExcite } from '../../../../src/space/index.ts';
import type { MapShape } from '../../../../src/space/layerGraph.ts';
import { loadSearchSpace } from '../../../../src/space/load.ts';
import { finish, GraphBuilder, MapTensor } from '../../../../src/space/trace.ts';
import { bottleneck, convolution } from '../../../../src/zoo/layers.ts';
import { network } from '../../../../src/zoo/network.ts';
import * as proxyless from '../../../../src/zoo/proxyless.ts';
import { zooNetwork } from '../../../../src/zoo/zoo.ts';

const note10File = 'test/fixtures/published/note10_224_lookup_table.yaml';
const text = readFileSync(note10File, 'utf8');
const pixel1 = readImportedTable('test/fixtures/published/pixel1_mobile_trim.yaml');
const note10 = readImportedTable(note10File);
const space = await loadSearchSpace('examples/imagenet-mobile.nas.ts');
const searched = space.blocks.filter(({ candidates }) => candidates.length > 1);

/** Choices by name of the candidate for each searched block; `otherwise` where a block does not have it. */
function choose(names: readonly string[], otherwise?: string): number[] {
  const wanted = names.values();
  return space.blocks.map(({ candidates }) => {
    if (candidates.length === 1) return 0;
    const name = wanted.next().value;
    const index = candidates.findIndex(candidate => candidate.name === name);
    return index < 0 ? candidates.findIndex(candidate => candidate.name === otherwise) : index;
  });
}

const everywhere = (name: string, otherwise?: string) =>
  choose(
    searched.map(() => name),
    otherwise,
  );

/** A published network's decisions, at the widths of the space. */
function decisions({ blocks }: proxyless.ProxylessArchitecture): number[] {
  // The first is a fixed part of the space.
  return choose(
    blocks.slice(1).map(block => (block ? `mbconv ${block.kernel}x${block.kernel} e${block.expand}` : 'zero')),
  );
}

describe('the Pixel 1 table', () => {
  // From the authors' table, added up by other means; multiply-adds in millions where they are known.
  it.each([
    ['every block 3x3 e3', everywhere('mbconv 3x3 e3'), '76.048', '257.42'],
    ['every block 3x3 e6', everywhere('mbconv 3x3 e6'), '136.466', '472.62'],
    ['every block 7x7 e6', everywhere('mbconv 7x7 e6'), '191.030', '606.59'],
    ['Zero where allowed, else 3x3 e3', everywhere('zero', 'mbconv 3x3 e3'), '29.609', '102.53'],
    ["ProxylessNAS Mobile's decisions", decisions(proxyless.mobile), '82.524', '304.23'],
    ["ProxylessNAS CPU's decisions", decisions(proxyless.cpu), '95.525', '307.10'],
    ["ProxylessNAS GPU's decisions", decisions(proxyless.gpu), '65.846', '264.13'],
  ])('prices %s to the digit', (_name, choices, ms, millionMacs) => {
    const network = deriveNetwork(space, choices);
    const price = priceOf(network, pixel1);
    expect(price.missing).toEqual([]);
    expect(price.ms?.toFixed(3)).toBe(ms);
    expect((macs(network) / 1e6).toFixed(2)).toBe(millionMacs);
  });

  it('gives the expected latency at uniform probabilities to the digit', () => {
    const { predictor } = importedPredictor(space, pixel1) as { predictor: LatencyPredictor };
    const uniform = predictor.costsMs.map(block => block.map(() => 1 / block.length));
    expect(predictor.expectation(uniform).toFixed(3)).toBe('113.988');
    expect(fastestChoice(predictor).latencyMs.toFixed(3)).toBe('29.609');
  });

  it('names every operator of a space that it lacks', () => {
    const { missing } = importedPredictor(space, {
      ...pixel1,
      entries: new Map([...pixel1.entries].filter(([key]) => !key.includes('kernel:7-stride:2'))),
    }) as { missing: string[] };
    expect(missing).toHaveLength(8);
    expect(missing[0]).toBe('expanded_conv-input:112x112x16-output:56x56x24-expand:3-kernel:7-stride:2-idskip:0');
  });

  it('has one entry for each block, and two for the head', () => {
    const { parts } = priceOf(deriveNetwork(space, everywhere('mbconv 5x5 e6')), pixel1);
    expect(parts).toHaveLength(space.blocks.length + 1);
    expect(parts.slice(0, 3).map(({ key }) => key)).toEqual([
      'Conv-input:224x224x3-output:112x112x32',
      'expanded_conv-input:112x112x32-output:112x112x16-expand:1-kernel:3-stride:1-idskip:0',
      'expanded_conv-input:112x112x16-output:56x56x24-expand:6-kernel:5-stride:2-idskip:0',
    ]);
    expect(parts.slice(-2).map(({ block, key }) => [block, key])).toEqual([
      ['head', 'Conv_1-input:7x7x320-output:7x7x1280'],
      ['head', 'Logits-input:7x7x1280-output:1000'],
    ]);
  });

  it('names what it lacks of a network of other widths, and gives no sum', () => {
    const { ms, missing } = priceOf(proxyless.proxylessNetwork(proxyless.mobile), pixel1);
    expect(ms).toBeNull();
    expect(missing).toEqual([
      'expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0',
      'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1',
      'expanded_conv-input:56x56x32-output:28x28x40-expand:3-kernel:7-stride:2-idskip:0',
    ]);
  });

  it.each([
    ['mobilenet-v3-large', 'squeeze-and-excitation', /-idskip:0-se:1-hs:0$/],
    ['resnet-18', "another family's blocks", /^maxPool|conv64k7s2/],
    ['nasnet-a-mobile', 'a cell on two maps', /layers on maps of 2 blocks ->264x28x28$/],
  ])('says of %s that it lacks %s', (name, _what, key) => {
    const { ms, missing } = priceOf(zooNetwork(name)!.build(), pixel1);
    expect(ms).toBeNull();
    expect(missing.some(one => key.test(one))).toBe(true);
  });
});

describe('the Note 10 table', () => {
  it('prices a network of its own space: hidden channels, squeeze-and-excitation, h-swish', () => {
    const activation = 'hswish';
    const gate = squeezeExcite;
    const graph = network((image, block) => {
      const stem = block('stem', () => convolution(image, { out: 24, kernel: 3, stride: 2 }, activation));
      const plain = { kernel: 3, stride: 2, activation: 'relu' } as const;
      const first = block('a', () => bottleneck(stem, { ...plain, mid: 24, out: 24, stride: 1 }));
      const second = block('b', () => bottleneck(first, { ...plain, mid: 72, out: 32 }));
      const third = block('c', () => bottleneck(second, { ...plain, kernel: 5, mid: 192, out: 48, gate }));
      const fourth = block('d', () => bottleneck(third, { ...plain, mid: 144, out: 96, activation }));
      const fifth = block('e', () =>
        bottleneck(fourth, { kernel: 7, mid: 384, out: 136, stride: 1, activation, gate }),
      );
      const sixth = block('f', () => bottleneck(fifth, { ...plain, mid: 408, out: 192, activation, gate }));
      return block('head', () => {
        const pooled = globalAvgPool(convolution(sixth, { out: 1152, kernel: 1 }, activation));
        return linear(dropout(hswish(linear(pooled, 1536)), 0.1), 1000);
      });
    });
    const { ms, parts, missing } = priceOf(graph, note10);
    expect(missing).toEqual([]);
    expect(parts.map(({ key }) => key)).toContain(
      'expanded_conv-input:14x14x96-output:14x14x136-expand:384-kernel:7-stride:1-idskip:0-se:1-hs:1',
    );
    expect(parts.slice(-4).map(({ key }) => key.split('-')[0])).toEqual(['Conv_1', 'AvgPool2D', 'Conv_2', 'Logits']);
    // Added up from the file's means, line by line.
    const means = parts.map(({ key }) =>
      Number(new RegExp(`^${key}:\\n(?: .*\\n)*?  mean: (\\S+)`, 'm').exec(text)![1]),
    );
    expect(ms).toBe(means.reduce((sum, mean) => sum + mean, 0));
  });
});

describe.each([pixel1, note10])('of $name', ({ entries, dialect }) => {
  it.each([...entries.keys()].filter(key => key.startsWith('expanded_conv')))('%s reads back from its layers', key => {
    const fields = Object.fromEntries(key.split('-').map(field => field.split(':')));
    const size = (field: string) => fields[field].split('x').map(Number);
    const [height, width, channels] = size('input');
    const [, , out] = size('output');
    const expand = Number(fields.expand);
    const [hswish, squeeze] = [fields.hs === '1', fields.se === '1'];
    const input: MapShape = [channels, height, width];
    const made = bottleneck(new MapTensor(new GraphBuilder(input, undefined, undefined), -1, input), {
      kernel: Number(fields.kernel),
      mid: dialect === 'proxyless' ? expand * channels : expand,
      out,
      stride: Number(fields.stride),
      activation: hswish ? 'hswish' : 'relu',
      gate: squeeze ? squeezeExcite : undefined,
    });
    expect(tableKeys(finish(made), dialect)).toEqual([{ block: '', key }]);
  });
});
