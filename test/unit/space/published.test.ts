import { describe, expect, it } from 'vitest';
import { analyse, deriveNetwork, macs, parameters, signature } from '../../../src/space/analysis.ts';
import { loadSearchSpace } from '../../../src/space/load.ts';

const imagenetMobile = await loadSearchSpace('examples/imagenet-mobile.nas.ts');

/** Index, in every searched block, of the candidate with this name; `zero` where the block has it, else `otherwise`. */
function choose(name: string, otherwise = name): number[] {
  return imagenetMobile.blocks.map(({ candidates }) => {
    if (candidates.length === 1) return 0;
    const index = candidates.findIndex(candidate => candidate.name === name);
    return index < 0 ? candidates.findIndex(candidate => candidate.name === otherwise) : index;
  });
}

// Multiply-adds in millions and parameters in millions of the published space, from the authors' code.
const published: [string, number[], string, string][] = [
  ['every block 3x3 e3', choose('mbconv 3x3 e3'), '257.42', '3.192'],
  ['every block 3x3 e6', choose('mbconv 3x3 e6'), '472.62', '4.685'],
  ['every block 7x7 e6', choose('mbconv 7x7 e6'), '606.59', '5.103'],
  ['Zero where allowed, else 3x3 e3', choose('zero', 'mbconv 3x3 e3'), '102.53', '2.155'],
];

describe('the published ImageNet space', () => {
  it.each(published)('%s has the published size', (_name, choices, millionMacs, millionParameters) => {
    const network = deriveNetwork(imagenetMobile, choices);
    expect((macs(network) / 1e6).toFixed(2)).toBe(millionMacs);
    expect((parameters(network) / 1e6).toFixed(3)).toBe(millionParameters);
  });

  it('holds 7^15 x 6^6 networks between the smallest and the largest', () => {
    const { architectures, macs, parameters } = analyse(imagenetMobile);
    expect(architectures).toBe(7n ** 15n * 6n ** 6n);
    expect((macs.min / 1e6).toFixed(2)).toBe('102.53');
    expect((macs.max / 1e6).toFixed(2)).toBe('606.59');
    expect((parameters.min / 1e6).toFixed(3)).toBe('2.155');
    expect((parameters.max / 1e6).toFixed(3)).toBe('5.103');
  });

  it('offers Zero in the 15 blocks that have a shortcut and nowhere else', () => {
    const vanishing = imagenetMobile.blocks.filter(block => block.candidates.some(candidate => candidate.zero));
    expect(vanishing).toHaveLength(15);
    expect(vanishing.every(block => block.residual)).toBe(true);
    expect(imagenetMobile.blocks.filter(block => block.residual)).toHaveLength(15);
  });

  it('leaves no layer of a Zero block in the derived network', () => {
    const graph = deriveNetwork(imagenetMobile, choose('zero', 'mbconv 3x3 e3'));
    const blocks = graph.nodes.map(({ block }) => block);
    expect(blocks).not.toContain('stage1.block2');
    expect([...new Set(blocks)]).toEqual([
      ...['stem', 'stem2'],
      ...[1, 2, 3, 4, 5, 6].map(stage => `stage${stage}.block1`),
      'head',
    ]);
    expect(graph.nodes.some(node => node.op === 'add')).toBe(false);
  });

  it('shares signatures between equal operators at equal shapes only', () => {
    const signatures = imagenetMobile.blocks.flatMap(block => block.candidates.map(({ layers }) => signature(layers)));
    expect(new Set(signatures)).toContain('mbconv k5 e6 s2 16x112x112->24x56x56');
    const second = imagenetMobile.blocks.findIndex(block => block.name === 'stage1.block2');
    const names = (block: number) => imagenetMobile.blocks[block].candidates.map(({ layers }) => signature(layers));
    expect(names(second)).toEqual(names(second + 1));
    expect(names(second)).not.toEqual(names(second - 1));
  });
});
