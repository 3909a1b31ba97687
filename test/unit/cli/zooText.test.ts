import { describe, expect, it } from 'vitest';
import { predictionText } from '../../../src/cli/predictionText.ts';
import { zooText } from '../../../src/cli/zooText.ts';
import type { ZooRow } from '../../../src/protocol/zoo.ts';

const row: ZooRow = {
  name: 'a',
  macs: 300.7e6,
  params: 3.5e6,
  published: {
    top1: 72,
    millionMacs: 300,
    millionParameters: 3.4,
    searchCost: '4 GPU days',
    latency: { ms: 75, device: 'Pixel 1' },
    source: 'a paper',
  },
  measured: null,
};
const plain: ZooRow = { ...row, name: 'by-hand', published: { ...row.published, latency: null, searchCost: null } };

describe('zooText', () => {
  it('has a line for each network, with what was published', () => {
    const lines = zooText({ networks: [row, plain], device: null, noise: null }).split('\n');
    expect(lines[0]).not.toContain('here');
    expect(lines[2]).toBe('| a       | 72.0 % | 301 M | 3.50 M     | 75 ms, Pixel 1    | 4 GPU days |');
    expect(lines[3]).toBe('| by-hand | 72.0 % | 301 M | 3.50 M     |                   | by hand    |');
  });

  it('puts what was measured here beside it, and says on what', () => {
    const measured = { ...row, measured: { ms: 12.345, madMs: 0.1, samples: 9 } };
    const text = zooText({ networks: [measured], device: 'this one, 1 thread', noise: 'Quiet.' });
    expect(text).toContain('| a       | 12.35 ms | 72.0 %');
    expect(text).toMatch(/"here" is this one, 1 thread\. Quiet\.$/);
  });
});

describe('predictionText', () => {
  const none = { network: 'net', table: 't.yaml', ms: null, space: null, parts: [], missing: [] };

  it('adds up parts', () => {
    const parts = [
      { block: 'stem', key: 'Conv-x', ms: 1.5 },
      { block: 'b1', key: 'Conv-y', ms: 12 },
    ];
    expect(predictionText({ ...none, ms: 13.5, parts }).split('\n')).toEqual([
      '  stem     1.500 ms  Conv-x',
      '  b1      12.000 ms  Conv-y',
      'net: 13.500 ms by t.yaml',
    ]);
  });

  it('names what the table lacks and gives no number of milliseconds', () => {
    const text = predictionText({ ...none, parts: [{ block: 'stem', key: 'k', ms: null }], missing: ['k'] });
    expect(text).toBe('net cannot be priced: t.yaml lacks 1 of its operators at their shapes.\n  not in the table: k');
  });

  it('gives the range of a space', () => {
    const space = { fastestMs: 29.609, slowestMs: 191.03, expectedMs: 113.988 };
    expect(predictionText({ ...none, space })).toBe(
      'net: 29.609 to 191.030 ms by t.yaml, 113.988 ms expected with every candidate equally probable',
    );
  });
});
