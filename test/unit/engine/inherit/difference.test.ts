import { describe, expect, it } from 'vitest';
import { spaceDifference } from '../../../../src/engine/inherit/difference.ts';
import { operator, pointwise, type SearchSpace } from '../../../../src/space/index.ts';
import { small, spaceOf, stages, wide, withZero } from './spaces.ts';

const difference = (after: SearchSpace) => spaceDifference(spaceOf(), after);

describe('spaceDifference', () => {
  it('has nothing to say of equal spaces', () => {
    expect(difference(spaceOf())).toEqual([]);
  });

  it('tells of candidates that came and went, once for a whole stage', () => {
    const after = spaceOf([stages[0], { ...stages[1], candidates: [small[0], wide] }]);
    expect(difference(after)).toEqual(['- stage2: mbconv 5x5 e3', '+ stage2: mbconv 3x3 e6']);
  });

  it('tells of settings with both values', () => {
    expect(difference(spaceOf(stages, { sharedWeights: true, targetMs: 0.5 }))).toEqual([
      '~ target 1 ms -> 0.5 ms',
      '~ schedule.sharedWeights false -> true',
    ]);
  });

  it('tells of widths once for a stage, and of blocks that came and went with all they hold', () => {
    const after = spaceOf([
      { ...stages[0], depth: 1 },
      { ...stages[1], width: 24, depth: 3 },
    ]);
    expect(difference(after)).toEqual([
      '- stage1.block2: 8x8x8 -> 8x8x8, mbconv 3x3 e3, mbconv 5x5 e3, zero',
      '~ stage2: width 16 -> 24',
      '+ stage2.block3: 24x4x4 -> 24x4x4, mbconv 3x3 e3, mbconv 5x5 e3',
    ]);
  });

  it('tells of the size of maps', () => {
    expect(difference(spaceOf([stages[0], { ...stages[1], stride: 1 }]))).toEqual(['~ stage2: map 4x4 -> 8x8']);
  });

  it('notices a candidate that keeps its name and computes something else', () => {
    const own = (twice: boolean) =>
      operator('own', ({ input, out }) => (twice ? pointwise(pointwise(input, out), out) : pointwise(input, out)));
    const [before, after] = [false, true].map(twice =>
      spaceOf([{ width: 8, depth: 1, candidates: [...withZero, own(twice)] }]),
    );
    expect(spaceDifference(before, after)).toEqual(['~ stage1: own changed']);
  });
});
