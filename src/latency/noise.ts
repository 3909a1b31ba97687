import { MAD_TO_SIGMA, median, spread } from './statistics.ts';

/** How quiet the machine was while measuring. */
export interface NoiseReport {
  /** The system's one-minute load average just before measuring: other work, mostly. 0 where the system has none. */
  loadBefore: number;
  /** Middle over the models of robust standard deviation / median. */
  relativeSpread: number;
  /** Share of samples more than five robust standard deviations above their median. */
  outlierShare: number;
  /** Models whose median did not settle within the budget, and all there were. */
  unsettled: number;
  models: number;
  noisy: boolean;
  /** One sentence for a person. */
  message: string;
}

const NOISY_SPREAD = 0.05;
const NOISY_SPREAD_WHEN_BUSY = 0.02;

/**
 * Judges a measurement. A noisy machine is one where samples spread by more than 5 %, or by more than 2 % when other work left
 * no core free at the start; its figures are kept, but said to be unsure.
 */
export function noiseReport(
  models: readonly { samplesMs: readonly number[]; settled: boolean }[],
  loadBefore: number,
  cores: number,
): NoiseReport {
  const spreads = models.map(model => spread(model.samplesMs));
  const samples = models.reduce((sum, model) => sum + model.samplesMs.length, 0);
  const counts = {
    loadBefore,
    relativeSpread: spreads.length ? median(spreads.map(s => (MAD_TO_SIGMA * s.mad) / s.median)) : 0,
    outlierShare: samples ? spreads.reduce((sum, s) => sum + s.outliers, 0) / samples : 0,
    unsettled: models.filter(model => !model.settled).length,
    models: models.length,
  };
  return judge(counts, cores);
}

function judge(counts: Omit<NoiseReport, 'noisy' | 'message'>, cores: number): NoiseReport {
  const busy = counts.loadBefore > cores - 0.5;
  const noisy = counts.relativeSpread > (busy ? NOISY_SPREAD_WHEN_BUSY : NOISY_SPREAD);
  const spreadText = `samples spread by ${(100 * counts.relativeSpread).toFixed(1)} %`;
  const message = noisy
    ? `The machine is noisy: ${spreadText}, load ${counts.loadBefore.toFixed(1)} on ${cores} cores. ` +
      'Stop other programs and profile again for surer figures.'
    : `The machine is quiet: ${spreadText}.`;
  return { ...counts, noisy, message };
}

/** One report of several batches: the first one's load, everything else weighed by the number of models. */
export function combineNoise(reports: readonly NoiseReport[], cores: number): NoiseReport {
  const models = reports.reduce((sum, report) => sum + report.models, 0);
  const weighted = (pick: (report: NoiseReport) => number) =>
    models ? reports.reduce((sum, report) => sum + pick(report) * report.models, 0) / models : 0;
  return judge(
    {
      // Later batches see the load of the ones before.
      loadBefore: reports[0]?.loadBefore ?? 0,
      relativeSpread: weighted(report => report.relativeSpread),
      outlierShare: weighted(report => report.outlierShare),
      unsettled: reports.reduce((sum, report) => sum + report.unsettled, 0),
      models,
    },
    cores,
  );
}
