import { Random } from '../../src/base/random.ts';
import type { DerivedView, ParetoPoint, RunView } from '../../src/protocol/viewer.ts';
import { sampleComparison } from './sampleDevices.ts';
import { type SampleOptions, sampleLive, sampleRun } from './sampleRun.ts';

/** A run that has found, trained and tested its network. */
export function finishedRun(options: SampleOptions): RunView {
  const run = sampleRun(options, 1);
  const { vitals } = run;
  return {
    ...run,
    vitals: { ...vitals, phase: 'done', fraction: 1, text: '', etaSeconds: null, imagesPerSecond: null },
    derived: sampleDerived(run),
    pareto: samplePareto(options),
    tableCheck: sampleTableCheck(options.targetMs),
    deviceComparison: sampleComparison(options, run),
  };
}

/** Held-out networks around the target, predicted within a few per cent. */
export function sampleTableCheck(targetMs: number): RunView['tableCheck'] {
  const random = new Random(7);
  return Array.from({ length: 40 }, () => {
    const measuredMs = targetMs * (0.45 + 1.3 * random.next());
    return { measuredMs, predictedMs: measuredMs * (1 + random.normal() * 0.012) };
  });
}

function sampleDerived({ space, live }: RunView): DerivedView {
  const random = new Random(3);
  const choices = live.probabilities.map(shares => shares.indexOf(Math.max(...shares)));
  let choice = 0;
  const blocks: DerivedView['blocks'] = [];
  const layers: DerivedView['layers'] = [];
  for (const { name, candidates, output } of space.blocks) {
    const chosen = candidates.length > 1 ? candidates[choices[choice++]] : candidates[0];
    const predictedMs = chosen.latencyMs ?? 0;
    const measuredMs = predictedMs * (1 + random.normal() * 0.06);
    blocks.push({ block: name, predictedMs, measuredMs });
    const parts: [string, string, number][] = chosen.name.startsWith('mbconv')
      ? [
          ['expand 1x1', 'Conv 1x1', 0.38],
          ['depthwise', 'Conv depthwise', 0.36],
          ['project 1x1', 'Conv 1x1', 0.26],
        ]
      : chosen.zero
        ? []
        : [[chosen.name, name === 'head' ? 'Gemm' : 'Conv', 1]];
    for (const [part, kind, share] of parts) {
      const layer = { block: name, name: part, kind, output: output.join('x'), measuredMs: measuredMs * share };
      layers.push(layer);
    }
  }
  const fixed = space.fixedMs ?? 0;
  const sum = (pick: (block: DerivedView['blocks'][number]) => number | null) =>
    blocks.reduce((total, block) => total + (pick(block) ?? 0), fixed);
  const predictedMs = sum(block => block.predictedMs);
  const energy = { microjoules: 41.6, estimated: true };
  return { choices, predictedMs, measuredMs: predictedMs * 0.988, testAccuracy: 0.9197, energy, blocks, layers };
}

function samplePareto(options: SampleOptions): ParetoPoint[] {
  const { targetMs } = options;
  const random = new Random(11);
  const samples = Array.from({ length: 26 }, (_, i): ParetoPoint => {
    const live = sampleLive(options, (i + 4) / 30);
    const latencyMs = targetMs * (0.75 + 0.6 * random.next());
    return {
      name: `step ${live.step}`,
      kind: 'sample',
      accuracy: 0.872 + 0.03 * random.next(),
      latencyMs,
      measured: false,
    };
  });
  const named: [string, ParetoPoint['kind'], number, number][] = [
    ['derived', 'derived', 0.9197, 0.987],
    ['MobileNetV2 style', 'baseline', 0.9194, 1.489],
    ['MobileNetV2 style, width x0.50', 'baseline', 0.9103, 0.97],
    ['random feasible 1', 'baseline', 0.9097, 0.99],
    ['random feasible 2', 'baseline', 0.9108, 0.702],
    ['2026-11-24 21:13, seed 2', 'earlier', 0.9176, 0.969],
    ['2026-11-24 21:04, seed 3', 'earlier', 0.9161, 0.985],
    ['MobileNetV3 small', 'zoo', 0.9121, 1.21],
  ];
  return [
    ...samples,
    ...named.map(([name, kind, accuracy, ratio]): ParetoPoint => {
      return { name, kind, accuracy, latencyMs: targetMs * ratio, measured: true };
    }),
  ];
}
