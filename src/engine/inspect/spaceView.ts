import { basename } from 'node:path';
import type { Place, SpaceView } from '../../protocol/spaceView.ts';
import { budgetNames, countedCost } from '../../space/budgets.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { operatorGraph } from './operatorGraph.ts';

/** Latencies by block and candidate; null for one that was never profiled. */
export interface KnownCosts {
  costsMs: readonly (readonly (number | null)[])[];
  /** What every network costs besides. */
  constantMs: number;
}

/**
 * A search space as others than the engine see it.
 *
 * @param device the device in words, empty where there is none
 * @param costs what is known of its latencies there, if anything
 */
export function viewOf(space: SearchSpace, device: string, costs?: KnownCosts): SpaceView {
  const { name, input, classes, objective } = space;
  const { latency } = objective;
  const [macs, params, peaks, energies] = budgetNames.map(name => countedCost(space, name).values);
  return {
    name,
    input: [...input],
    classes,
    blocks: space.blocks.map(({ name, input, output, residual, candidates, place }, l) => ({
      name,
      input: [...input],
      output: [...output],
      residual,
      candidates: candidates.map(({ name, zero, layers, place }, i) => ({
        name,
        zero,
        macs: macs[l][i],
        params: params[l][i],
        peakActivationBytes: peaks[l][i],
        energyMicrojoules: energies[l][i],
        latencyMs: costs?.costsMs[l][i] ?? null,
        place: plain(place),
        graph: zero ? undefined : operatorGraph(layers),
      })),
      place: plain(place),
    })),
    fixedMs: costs?.constantMs ?? null,
    device,
    predictedBy: latency?.device.target === 'table' ? basename(latency.device.file) : undefined,
    targetMs: latency?.targetMs,
    budget: objective.budget,
  };
}

/** A copy: many candidates share one place. */
const plain = (place: Place | undefined): Place | undefined => place && { ...place };
