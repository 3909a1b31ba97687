import { describe, expect, it } from 'vitest';
import * as format from '../../../webview-ui/state/format.ts';

describe('figures as text', () => {
  it('have three significant digits whatever their size', () => {
    expect([0.0000123, 0.00543, 0.0549999, 0.9999, 5.5, 78.23, 412].map(format.formatMs)).toEqual([
      '0.0000123 ms',
      '0.00543 ms',
      '0.0550 ms',
      '1.00 ms',
      '5.50 ms',
      '78.2 ms',
      '412 ms',
    ]);
    expect(format.formatMs(0)).toBe('0 ms');
  });

  it('show a small probability as more than nothing, and a large one as less than certain', () => {
    expect([0, 0.001, 0.2, 0.9949, 0.9999, 1].map(format.formatPercent)).toEqual(['0', '<1', '20', '99', '>99', '100']);
  });

  it('count with k, M and G', () => {
    expect([310, 43_514, 2_378_368, 5.6e9].map(format.formatCount)).toEqual(['310', '43.5 k', '2.38 M', '5.60 G']);
  });

  it('say durations in minutes, and in hours from one hour on', () => {
    expect([8, 59.6, 760, 7500].map(format.formatDuration)).toEqual(['0:08', '1:00', '12:40', '2 h 05 min']);
  });

  it('give energy and memory the unit of their size', () => {
    expect([0, 4.16e-5, 0.00228, 850, 12_400, 4.75e6].map(format.formatEnergy)).toEqual([
      '0 J',
      '41.6 µJ',
      '2.28 mJ',
      '850 J',
      '12.4 kJ',
      '1.32 kWh',
    ]);
    expect([412, 1234].map(format.formatMemory)).toEqual(['412 MB', '1.2 GB']);
  });

  it('have a sign, but none for what rounds to nothing', () => {
    expect([0.244, -0.5, -0.001].map(value => format.formatSigned(value))).toEqual(['+0.24', '\u22120.50', '0.00']);
  });
});
