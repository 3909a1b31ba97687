import { describe, expect, it } from 'vitest';
import { matchBlocks } from '../../../../src/engine/inherit/matching.ts';
import type { SearchSpace } from '../../../../src/space/searchSpace.ts';
import { small, spaceOf, stages, wide, withZero } from './spaces.ts';

/** For each block of the new space the name of the one it continues, and its candidates' numbers there. */
function matched(before: SearchSpace, after: SearchSpace): Record<string, string> {
  const matches = matchBlocks(before, after);
  return Object.fromEntries(
    after.blocks.map(({ name }, i) => {
      const match = matches[i];
      return [name, match ? `${before.blocks[match.from].name} ${match.candidates.map(c => c ?? '-')}` : 'none'];
    }),
  );
}

describe('matchBlocks', () => {
  it('finds every block of an unchanged space', () => {
    expect(matched(spaceOf(), spaceOf())).toEqual({
      stem: 'stem 0',
      'stage1.block1': 'stage1.block1 0,1,2',
      'stage1.block2': 'stage1.block2 0,1,2',
      'stage2.block1': 'stage2.block1 0,1',
      'stage2.block2': 'stage2.block2 0,1',
      head: 'head 0',
    });
  });

  it('follows candidates to their new place, whatever they are called', () => {
    const after = spaceOf([{ ...stages[0], candidates: withZero.toReversed() }, stages[1]]);
    expect(matched(spaceOf(), after)['stage1.block1']).toBe('stage1.block1 2,1,0');
  });

  it('keeps what is left of a block whose candidates changed', () => {
    const after = spaceOf([stages[0], { ...stages[1], candidates: [wide, small[1]] }]);
    expect(matched(spaceOf(), after)).toMatchObject({
      'stage1.block2': 'stage1.block2 0,1,2',
      'stage2.block1': 'stage2.block1 -,1',
      'stage2.block2': 'stage2.block2 -,1',
    });
  });

  it('matches no block with another shape, nor one that shares nothing but Zero', () => {
    const wider = spaceOf([stages[0], { ...stages[1], width: 24 }]);
    expect(matched(spaceOf(), wider)).toMatchObject({
      'stage1.block2': 'stage1.block2 0,1,2',
      'stage2.block1': 'none',
      'stage2.block2': 'none',
      head: 'none',
    });
    const other = spaceOf([{ ...stages[0], candidates: [wide, withZero[2]] }, stages[1]]);
    expect(matched(spaceOf(), other)).toMatchObject({ 'stage1.block1': 'none', 'stage1.block2': 'none' });
  });

  it('finds blocks again behind a stage that was added', () => {
    const added = { width: 12, depth: 1, candidates: small };
    const after = spaceOf([stages[0], added, { ...stages[0], width: 8 }, stages[1]]);
    expect(matched(spaceOf(), after)).toMatchObject({
      'stage1.block2': 'stage1.block2 0,1,2',
      'stage2.block1': 'none',
      'stage3.block1': 'none',
      'stage4.block1': 'stage2.block1 0,1',
      'stage4.block2': 'stage2.block2 0,1',
      head: 'head 0',
    });
  });

  it('matches by name where a stage became deeper, and leaves the blocks beyond anew', () => {
    const after = spaceOf([stages[0], { ...stages[1], depth: 4 }]);
    expect(matched(spaceOf(), after)).toMatchObject({
      'stage2.block2': 'stage2.block2 0,1',
      'stage2.block3': 'none',
      'stage2.block4': 'none',
      head: 'head 0',
    });
  });
});
