import { median } from '../../src/latency/statistics.ts';
import type { StepKind } from './stepProtocol.ts';

/** Milliseconds of every timed step of one implementation; equal positions are the same draw, timed one after the other. */
export type Timings = Record<StepKind, number[]>;

/** An implementation after its run. */
export interface SideResult {
  name: string;
  timings: Timings;
  peakRssMb: number;
}

export interface Comparison {
  /** Ours by PyTorch's as it comes. */
  plain: number;
  /** Ours by PyTorch's fastest variant for this kind of step. */
  best: number;
  bestVariant: string;
}

/** Median of the ratios of neighbours: what slows the machine for a while slows both of a pair. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((ms, i) => ms / theirs[i]));
}

/** @param others PyTorch's variants, the plain one first */
export function compare(ours: SideResult, others: readonly SideResult[]): Record<StepKind, Comparison> {
  const comparison = (kind: StepKind): Comparison => {
    const mine = ours.timings[kind];
    const best = others.reduce((a, b) => (median(b.timings[kind]) < median(a.timings[kind]) ? b : a));
    return {
      plain: medianRatio(mine, others[0].timings[kind]),
      best: medianRatio(mine, best.timings[kind]),
      bestVariant: best.name,
    };
  };
  return { weight: comparison('weight'), archTwo: comparison('archTwo'), archFull: comparison('archFull') };
}

/** Medians under the names of the benchmark's figures. */
export function medians({ timings, peakRssMb }: SideResult) {
  return {
    weightStepMs: median(timings.weight),
    archTwoMs: median(timings.archTwo),
    archFullMs: median(timings.archFull),
    peakRssMb,
  };
}
