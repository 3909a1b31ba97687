import { describe, expect, it } from 'vitest';
import { searchThreads } from '../../../src/engine/contest/besideSearch.ts';
import { benchSpaces } from '../../bench/spaces.ts';
import { tinySpace } from './tinySpace.ts';

describe('threads of a search', () => {
  it('are as many as there may be where maps are large', () => {
    const { space } = benchSpaces.fashion28();
    expect([1, 2, 4].map(threads => searchThreads({ space, threads }))).toEqual([1, 2, 4]);
  });

  it('are one where they are small', () => {
    expect(searchThreads({ space: tinySpace(), threads: 4 })).toBe(1);
  });
});
