import { describe, expect, it } from 'vitest';
import { floorMs, pathBytes } from '../../bench/floor.ts';
import { benchSpaces, largestPath } from '../../bench/spaces.ts';

const { space } = benchSpaces.fashion28();
/** The last candidate is Zero where a block has a shortcut: all blocks but the first of each stage, each 28 = 4 x 7 pixels wide or less. */
const zeroWherePossible = [0, 6, 0, 6, 6, 0, 6, 6];

describe('bytes of a path', () => {
  it('are those of the images and of what every layer gives', () => {
    // By hand, places x channels x layers. mbconv 3x3 e3: expand, batch norm, ReLU6; depthwise, batch norm, ReLU6; project, batch norm.
    const places = [28 * 28, 14 * 14, 7 * 7];
    const image = places[0] * 1;
    const stem = places[0] * 16 * 3;
    const block1 = places[0] * 48 * 6 + places[0] * 24 * 2;
    const block2 = places[0] * 72 * 3 + places[1] * 72 * 3 + places[1] * 40 * 2;
    const block3 = places[1] * 120 * 3 + places[2] * 120 * 3 + places[2] * 80 * 2;
    const head = places[2] * 320 * 3 + 320 + 10;
    const floats = image + stem + block1 + block2 + block3 + head;
    expect(pathBytes(space, zeroWherePossible, 1)).toBe(4 * floats);
  });

  it('grow with the batch, and with a shortcut by its layers and its sum', () => {
    const withBlock = zeroWherePossible.with(1, 0);
    // A 24-channel block at 28 x 28, mbconv 3x3 e3 and the sum with the shortcut.
    const added = 28 * 28 * (72 * 6 + 24 * 2 + 24);
    expect(pathBytes(space, withBlock, 128) - pathBytes(space, zeroWherePossible, 128)).toBe(4 * 128 * added);
  });
});

describe('memory floor of a step', () => {
  it('is the time of six passes', () => {
    expect(floorMs(1.1e9, 29e6)).toBeCloseTo(227.6, 1);
  });
});

describe('largest single path', () => {
  it('is 7x7 with expansion 6 in every searched block, and the same network around them', () => {
    const largest = largestPath(space);
    const names = largest.blocks.map(block => block.candidates.map(candidate => candidate.name).join());
    const searched = names.filter((_, i) => space.blocks[i].candidates.length > 1);
    expect(searched).toEqual(Array.from({ length: 8 }, () => space.blocks[1].candidates[5].name));
    expect(searched[0]).toMatch(/7x7 e6/);
    expect(largest.blocks).toHaveLength(space.blocks.length);
  });
});
