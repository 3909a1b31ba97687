import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/latency/summary.ts';
import type { LatencyTable } from '../../../src/latency/table.ts';
import { table } from './exampleTable.ts';

describe('summarise', () => {
  it('tells device, accuracy against the plain sum, and noise', () => {
    expect(summarise(table)).toEqual([
      'Test Processor 9000, 1 thread, batch 1, onnxruntime-node 0.0.0: 2 operators and 1 networks measured on 2026-01-02.',
      'Of 40 held-out networks 95 % are predicted within 5 %, 100 % within 10 % (error 1.2 %, 0.0034 ms; Kendall tau 0.950); ' +
        'adding up operators timed alone would be off by 21.0 %.',
      'The machine is quiet: samples spread by 1.0 %.',
    ]);
  });

  it('claims no validation where there was none, and owns up to unsettled medians', () => {
    const noise = { ...table.noise, unsettled: 3 };
    const unsure: LatencyTable = { ...table, validation: null, isolatedSum: null, noise };
    expect(summarise(unsure).slice(1)).toEqual([
      'The space has too few networks to hold any out: predictions are not validated.',
      'The machine is quiet: samples spread by 1.0 %. The medians of 3 of 5 networks are not certain to 1 %.',
    ]);
  });
});
