import { describe, expect, it } from 'vitest';
import * as network from '../../../webview-ui/state/network.ts';
import { sampleSpace, small } from '../../webview/sampleRun.ts';

const space = sampleSpace(small);

describe('placeBlocks', () => {
  it('numbers choice blocks apart from fixed ones', () => {
    const placed = network.placeBlocks(space).map(({ view, place, choice }) => [view.name, place, choice]);
    expect(placed.slice(0, 3)).toEqual([
      ['stem', 0, null],
      ['stage1.block1', 1, 0],
      ['stage1.block2', 2, 1],
    ]);
    expect(placed.at(-1)).toEqual(['head', 8, null]);
  });
});

describe('groupBlocks', () => {
  it('puts the blocks of a stage together', () => {
    const groups = network.groupBlocks(network.placeBlocks(space));
    expect(groups.map(({ name, blocks }) => [name, blocks.length])).toEqual([
      ['stem', 1],
      ['stage1', 2],
      ['stage2', 3],
      ['stage3', 2],
      ['head', 1],
    ]);
    expect(network.nameInGroup('stage2.block1')).toBe('block1');
    expect(network.nameInGroup('stem')).toBe('stem');
  });
});

describe('leader', () => {
  it('is the most probable candidate, and nobody while all are alike', () => {
    expect(network.leader([0.2, 0.5, 0.3])).toBe(1);
    expect(network.leader(new Array(7).fill(1 / 7))).toBe(-1);
    expect(network.leader([1])).toBe(0);
    expect(network.leader([])).toBe(-1);
  });
});

describe('shortNames', () => {
  const candidate = (name: string, zero = false) => ({ name, zero, macs: 0, params: 0, latencyMs: null });

  it('leaves off the word that all but Zero share', () => {
    expect(
      network.shortNames([candidate('mbconv 3x3 e3'), candidate('mbconv 5x5 e6'), candidate('zero', true)]),
    ).toEqual({
      common: 'mbconv',
      names: ['3x3 e3', '5x5 e6', 'zero'],
    });
  });

  it('keeps whole names where they differ from the first word on, or consist of it', () => {
    expect(network.shortNames([candidate('conv 3x3'), candidate('mbconv 3x3 e3')]).common).toBe('');
    expect(network.shortNames([candidate('conv'), candidate('conv 3x3')]).names).toEqual(['conv', 'conv 3x3']);
  });
});

describe('expected latency', () => {
  const candidates = [
    { name: 'a', zero: false, macs: 0, params: 0, latencyMs: 2 },
    { name: 'b', zero: false, macs: 0, params: 0, latencyMs: 6 },
  ];
  const block = { ...space.blocks[1], candidates };

  it('weighs candidates by their probabilities', () => {
    expect(network.expectedMs(block, [0.75, 0.25])).toBe(3);
  });

  it('is unknown where a candidate was not profiled', () => {
    expect(network.expectedMs({ ...block, candidates: [{ ...candidates[0], latencyMs: null }] }, undefined)).toBeNull();
  });

  it('by block and by kind of operator adds up to the same', () => {
    const shares = network
      .placeBlocks(space)
      .filter(({ choice }) => choice !== null)
      .map(({ view }) => view.candidates.map(() => 1 / view.candidates.length));
    const { blocks, kinds } = network.expectedParts(space, shares);
    const sum = (parts: { ms: number }[]) => parts.reduce((total, { ms }) => total + ms, 0);
    expect(blocks).toHaveLength(9);
    expect(sum(blocks)).toBeGreaterThan(0.03);
    expect(sum(kinds)).toBeCloseTo(sum(blocks), 12);
    expect(kinds[0].ms).toBeGreaterThan(kinds.at(-1)?.ms ?? 1);
  });
});

describe('undecidedShare', () => {
  it('is one at the start and none at the end', () => {
    const choices = space.blocks.filter(({ candidates }) => candidates.length > 1);
    const greatest = choices.reduce((sum, { candidates }) => sum + Math.log(candidates.length), 0) / choices.length;
    expect(network.undecidedShare(space, greatest)).toBeCloseTo(1, 12);
    expect(network.undecidedShare(space, 0)).toBe(0);
    expect(network.undecidedShare({ ...space, blocks: [space.blocks[0]] }, 0)).toBe(0);
  });
});
