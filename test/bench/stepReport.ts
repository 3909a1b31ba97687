import { median } from '../../src/latency/statistics.ts';
import type { BenchResult } from './bench.ts';
import type { BenchSpaceName } from './spaces.ts';
import { type StepKind, stepKinds } from './stepProtocol.ts';
import type { SideOptions } from './stepSides.ts';
import { compare, medians, type SideResult } from './stepSummary.ts';

export interface StepOptions extends SideOptions {
  space: BenchSpaceName;
  weightPaths: number;
  architectureDraws: number;
  againstTorch: boolean;
}

/** All that a run of the step benchmark found. */
export interface StepFindings {
  options: StepOptions;
  batch: number;
  /** What ours ran on. */
  description?: string;
  /** Version and place of PyTorch; undefined where it was not asked for or not found. */
  torch?: string;
  ours: SideResult;
  /** PyTorch's variants, the plain one first. */
  others: SideResult[];
  /** Cores that other programs kept busy meanwhile. */
  busyCoresOfOthers: number;
  fixedLargestPeakRssMb: number;
  floorMs: number;
  bandwidthGbPerS: number;
}

/** Busy cores above which a run says that the machine was not quiet. */
const QUIET_CORES = 0.1;

export function reportStep(findings: StepFindings): BenchResult {
  const { options, batch, ours, others, torch, fixedLargestPeakRssMb, floorMs, bandwidthGbPerS, busyCoresOfOthers } =
    findings;
  const { againstTorch, ...asked } = options;
  const own = medians(ours);
  const figures = {
    bench: 'step',
    ...asked,
    batch,
    ...own,
    imagesPerSecond: (1000 * batch) / own.weightStepMs,
    fixedLargestPeakRssMb,
    floorMs,
    bandwidthGbPerS,
    busyCoresOfOthers,
    torch: torch && {
      version: torch,
      variants: others.map(side => ({ name: side.name, ...medians(side) })),
      oursByTorch: compare(ours, others),
    },
  };
  const { weightPaths, architectureDraws } = options;
  const text = [
    `${options.space}, batch ${batch}: medians over ${weightPaths} weight steps and ${architectureDraws} architecture steps of each mode`,
    `ours: ${findings.description}`,
    ...(againstTorch ? [torchLine(torch)] : []),
    ...(busyCoresOfOthers > QUIET_CORES ? [loadLine(busyCoresOfOthers)] : []),
    '',
    stepTable(ours, others),
    '',
    `Ours trains ${figures.imagesPerSecond.toFixed(0)} images/s in weight steps.`,
    `Memory: the largest single path alone peaks at ${fixedLargestPeakRssMb.toFixed(0)} MiB, the search at ${(own.peakRssMb / fixedLargestPeakRssMb).toFixed(2)} times that.`,
    `Floor: ${floorMs.toFixed(0)} ms a weight step for memory traffic, layer by layer, at the ${bandwidthGbPerS.toFixed(1)} GB/s that onnxruntime's ReLU reached in this run.`,
  ].join('\n');
  return { text, figures };
}

function loadLine(cores: number): string {
  return (
    `NOT A QUIET MACHINE: other programs kept ${cores.toFixed(1)} cores busy. Times are too long and ratios doubtful, ` +
    'since waiting for a thread that is kept from running costs each implementation differently.'
  );
}

function torchLine(torch: string | undefined): string {
  return torch
    ? `torch: ${torch}; takes each draw right after ours, ratios are medians over these pairs; OpenMP waits asleep unless OMP_WAIT_POLICY says otherwise`
    : 'PyTorch was not found, so there is nothing to compare with: set PYTHON to a Python that has torch.';
}

const rowNames: Record<StepKind, string> = {
  weight: 'weight step, ms',
  archTwo: 'architecture step "two", ms',
  archFull: 'architecture step "full", ms',
};

/** Medians by kind of step and implementation, with the ratios where there is something to compare with. */
export function stepTable(ours: SideResult, others: readonly SideResult[]): string {
  const sides = [ours, ...others];
  const ratios = others.length > 0 ? compare(ours, others) : undefined;
  const header = ['', ...sides.map(({ name }) => name), ...(ratios ? ['ours / plain', 'ours / best'] : [])];
  const rows = stepKinds.map(kind => [
    rowNames[kind],
    ...sides.map(({ timings }) => median(timings[kind]).toFixed(0)),
    ...(ratios ? [ratios[kind].plain.toFixed(2), ratios[kind].best.toFixed(2)] : []),
  ]);
  rows.push(['peak memory, MiB', ...sides.map(({ peakRssMb }) => peakRssMb.toFixed(0))]);
  return alignColumns([header, ...rows]);
}

/** Text with its first column to the left and the others to the right. */
export function alignColumns(rows: readonly string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const line = (row: string[]) => row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i])));
  return rows.map(row => line(row).join('  ')).join('\n');
}
