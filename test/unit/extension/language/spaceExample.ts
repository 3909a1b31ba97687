import type { Inspection } from '../../../../src/protocol/messages.ts';
import type { BlockView, CandidateView } from '../../../../src/protocol/spaceView.ts';

export const file = '/project/clothes.nas.ts';

export const text = `import { conv, defineSearchSpace, mbconv, stage, zero } from 'proxyless-studio';
const candidates = [
  mbconv({ kernel: 3, expand: 3 }),
  zero(),
];
export default defineSearchSpace({
  stem: [conv({ kernel: 3, out: 8 })],
  stages: [
    stage({ width: 8, depth: [1, 2], candidates }),
    stage({
      width: 16,
      depth: 1,
      stride: 2,
      candidates,
    }),
  ],
});
`;

const place = (line: number, column: number) => ({ file, line, column });
const candidate = (name: string, latencyMs: number | null, line: number, column = 3): CandidateView => ({
  ...{ name, latencyMs, place: place(line, column) },
  ...(name === 'zero'
    ? { zero: true, macs: 0, params: 0, energyMicrojoules: 0 }
    : { zero: false, macs: 1_234_000, params: 2500, energyMicrojoules: 7.348 }),
});
const block = (name: string, candidates: CandidateView[], line: number, column: number): BlockView => ({
  ...{ name, candidates, place: place(line, column), residual: true },
  input: [8, 28, 28],
  output: name.startsWith('stage2') ? [16, 14, 14] : [8, 28, 28],
});

/** As the engine tells of `text`: 0.1 ms stem, 0.4 ms mbconv, zero for nothing, 0.1 ms besides. */
export const inspection: Inspection = {
  view: {
    ...{ name: 'clothes', input: [1, 28, 28], classes: 10, fixedMs: 0.1, device: 'a processor', targetMs: 0.3 },
    blocks: [
      block('stem', [candidate('conv 3x3', 0.1, 7, 10)], 7, 10),
      block('stage1.block1', [candidate('mbconv 3x3 e3', 0.4, 3), candidate('zero', 0, 4)], 9, 5),
      block(
        'stage1.block2',
        [candidate('mbconv 3x3 e3', 0.4, 3), candidate('zero', 0, 4), candidate('zero', 0, 9, 5)],
        9,
        5,
      ),
      block('stage2.block1', [candidate('mbconv 3x3 e3', 0.4, 3)], 10, 5),
    ],
  },
  architectures: 6,
  macs: { min: 1_300_000, max: 3_760_000 },
  params: { min: 900, max: 8400 },
  peakActivationBytes: { min: 9_408, max: 75_264 },
  energyMicrojoules: { min: 3.2, max: 12.5 },
  latencyMs: { min: 0.6, max: 1.4 },
  table: { file: '/project/.nas/latency/a.json', ageSeconds: 7300, within5pct: 0.92 },
  warnings: [],
};
