import type { LatencyTable } from '../../../src/latency/table.ts';
import { device } from './fakeTarget.ts';

const date = '2026-01-02T03:04:05.000Z';
export const entry = { isolatedMs: 0.2, madMs: 0.001, samples: 25, date };
/** A small valid table. */
export const table: LatencyTable = {
  format: 'proxyless latency table',
  version: 1,
  device,
  date,
  seconds: 12.5,
  emptyMs: 0.01,
  constantMs: 0.02,
  fit: { networks: 2, scale: 0.9, ridge: 1e-3, crossValidationError: 0.01 },
  validation: { networks: 40, within5pct: 0.95, within10pct: 1, relRmse: 0.012, rmseMs: 0.0034, kendallTau: 0.95 },
  isolatedSum: { networks: 40, within5pct: 0, within10pct: 0.1, relRmse: 0.21, rmseMs: 0.06, kendallTau: 0.9 },
  noise: {
    loadBefore: 0.5,
    relativeSpread: 0.01,
    outlierShare: 0,
    unsettled: 0,
    models: 5,
    noisy: false,
    message: 'The machine is quiet: samples spread by 1.0 %.',
  },
  entries: { 'mbconv k5 e3': entry, 'mbconv k3 e6': { ...entry, fittedMs: 0.123456 } },
  networks: [{ choices: '0 1 1', heldOut: true, measuredMs: 0.5, madMs: 0.001, predictedMs: 0.49 }],
};
