import type { Metrics } from '../../protocol/metrics.ts';
import type { DerivedView, ParetoPoint } from '../../protocol/viewer.ts';
import { clip } from './runFiles.ts';
import type { RunFold } from './runFold.ts';

/** The derived network block by block: what the table predicts beside what the runtime's trace found. */
export function derivedView({ space, derived, layers, tested }: RunFold, metrics?: Metrics): DerivedView | null {
  if (!derived) return null;
  const { predictedMs, measuredMs } = derived;
  // Logs of the first version name choice blocks only, and do not say which of the choices are theirs.
  const fits = derived.choices.length === space.blocks.length;
  const choices = fits ? derived.choices : [];
  const traced = Map.groupBy(layers, ({ block }) => block);
  const timed = predictedMs !== undefined;
  const blocks = (timed ? choices : []).map((choice, i) => {
    const { name, candidates } = space.blocks[i];
    const times = traced.get(name)?.map(layer => layer.measuredMs);
    return {
      block: name,
      predictedMs: candidates[choice]?.latencyMs ?? 0,
      measuredMs: times ? times.reduce((sum, ms) => sum + ms, 0) : layers.length > 0 ? 0 : null,
    };
  });
  return {
    choices: choices.filter((_, i) => space.blocks[i].candidates.length > 1),
    predictedMs: predictedMs ?? null,
    measuredMs: metrics?.latencyMs?.measured ?? measuredMs ?? null,
    testAccuracy: metrics?.testAccuracy ?? tested.get('derived') ?? null,
    energy: inferenceEnergy(metrics?.measuredMicrojoules, metrics?.energyMicrojoules ?? derived.energyMicrojoules),
    blocks,
    layers: layers.map(layer => ({
      ...layer,
      block: clip(layer.block),
      name: clip(layer.name),
      kind: clip(layer.kind),
      output: clip(layer.output),
    })),
  };
}

/** What was measured where something was, else the estimate. */
function inferenceEnergy(measured: number | undefined, estimate: number | undefined): DerivedView['energy'] {
  if (measured !== undefined) return { microjoules: measured, estimated: false };
  return estimate === undefined ? null : { microjoules: estimate, estimated: true };
}

/** Accuracy against latency: what was tried on the way, what was found, and what it is compared with. */
export function paretoPoints(fold: RunFold, metrics: Metrics | undefined, earlier: ParetoPoint[]): ParetoPoint[] {
  const samples = fold.samples.flatMap(({ epoch, accuracy, predictedMs: latencyMs }): ParetoPoint[] => {
    if (latencyMs === undefined) return [];
    return [{ name: `epoch ${epoch + 1}`, kind: 'sample', accuracy, latencyMs, measured: false }];
  });
  if (!metrics?.latencyMs) return [...earlier, ...samples];
  const { testAccuracy, latencyMs, baselines } = metrics;
  const measured = latencyMs.measured !== undefined;
  return [
    ...earlier,
    ...samples,
    ...baselines.slice(0, 100).flatMap(({ name, testAccuracy: accuracy, latencyMs: ms }): ParetoPoint[] => {
      return ms === undefined ? [] : [{ name: clip(name), kind: 'baseline', accuracy, latencyMs: ms, measured }];
    }),
    {
      name: 'derived',
      kind: 'derived',
      accuracy: testAccuracy,
      latencyMs: latencyMs.measured ?? latencyMs.predicted,
      measured,
    },
  ];
}
