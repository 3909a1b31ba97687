import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/space/nearest.ts';

describe('the nearest name', () => {
  it('is the one with the fewest letters wrong, whatever their case', () => {
    expect(nearest('mbcov', ['conv', 'mbconv', 'sepconv'])).toBe('mbconv');
    expect(nearest('widht', ['depth', 'width'])).toBe('width');
    expect(nearest('MBCONV', ['mbconv'])).toBe('mbconv');
  });

  it('is none where nothing is alike', () => {
    expect(nearest('attention', ['conv', 'mbconv', 'identity'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});
