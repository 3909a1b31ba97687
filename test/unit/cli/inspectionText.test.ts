import { describe, expect, it } from 'vitest';
import { inspectionText } from '../../../src/cli/inspectionText.ts';
import type { Inspection } from '../../../src/protocol/messages.ts';

const candidate = (name: string) => ({ name, zero: false, macs: 1, params: 1, latencyMs: null });
const inspection: Inspection = {
  view: {
    name: 'tiny',
    input: [1, 8, 8],
    classes: 3,
    blocks: [
      { name: 'stem', input: [1, 8, 8], output: [8, 4, 4], residual: false, candidates: [candidate('conv 3x3')] },
      {
        name: 'stage1.block1',
        input: [8, 4, 4],
        output: [8, 4, 4],
        residual: true,
        candidates: [candidate('mbconv 3x3 e3'), candidate('zero')],
      },
    ],
    fixedMs: null,
    device: 'Processor 9000, 1 thread',
    targetMs: 0.5,
  },
  architectures: '12157665459056928801',
  macs: { min: 120_000, max: 4_560_000 },
  params: { min: 10_000, max: 2_000_000 },
  peakActivationBytes: { min: 3_072, max: 65_536 },
  energyMicrojoules: { min: 0.85, max: 1_234 },
  latencyMs: { min: 0.1, max: 1.2345 },
  table: { file: 'table.json', ageSeconds: 5, within5pct: 0.9 },
  warnings: [
    { message: 'Too low.', fix: 'Raise it.', path: 'objective', place: { file: 'a.nas.ts', line: 3, column: 5 } },
  ],
};

describe('inspectionText', () => {
  const lines = (view: Partial<Inspection['view']>, latencyMs: Inspection['latencyMs'] = null) =>
    inspectionText({ ...inspection, latencyMs, view: { ...inspection.view, ...view } }).split('\n');

  it('tells of budgets, and of no latency where none is asked for', () => {
    const told = lines({ targetMs: undefined, device: '', budget: { macs: 2e6, params: 900 } });
    expect(told.slice(2, 4)).toEqual(['At most 2.00 M MACs, 900 parameters', '']);
  });

  it('does not offer to profile a device that is not at hand', () => {
    const view = { predictedBy: 'phone.yaml', device: 'table of phone.yaml, not measured' };
    expect(lines(view)[2]).toBe('Latency not known, target 0.5 ms (table of phone.yaml, not measured)');
    expect(lines(view, { min: 1, max: 2 })[2]).toMatch(/^Latency 1\.000 to 2\.000 ms, target 0\.5 ms/);
  });

  it('gives sizes, a line for each block, and every warning at its place', () => {
    expect(inspectionText(inspection).split('\n')).toEqual([
      'tiny: 12,157,665,459,056,928,801 networks',
      'MACs 0.12 to 4.56 million, parameters 0.01 to 2.00 million, maps at one time 3.0 to 64.0 KiB, energy of an inference 0.850 µJ to 1.23 mJ (estimated)',
      'Latency 0.100 to 1.234 ms, target 0.5 ms (Processor 9000, 1 thread)',
      '',
      'stem           1x8x8 -> 8x4x4  conv 3x3',
      'stage1.block1  8x4x4 -> 8x4x4  mbconv 3x3 e3, zero',
      '',
      'a.nas.ts:3:5: Too low. Raise it.',
    ]);
  });

  it('says how to get latencies where there are none, and ends with the blocks where nothing is wrong', () => {
    const text = inspectionText({ ...inspection, latencyMs: null, warnings: [] });
    expect(text).toContain('not profiled yet (proxyless profile FILE), target 0.5 ms');
    expect(text).toMatch(/zero$/);
  });
});
