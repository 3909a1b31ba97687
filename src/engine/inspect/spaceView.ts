import type { CandidateView, Place, SpaceView } from '../../protocol/spaceView.ts';
import { macs, parameters } from '../../space/analysis.ts';
import type { Candidate, SearchSpace } from '../../space/searchSpace.ts';
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
 * @param device the device in words
 * @param costs what is known of its latencies there, if anything
 */
export function viewOf(space: SearchSpace, device: string, costs?: KnownCosts): SpaceView {
  const { name, input, classes, objective } = space;
  return {
    name,
    input: [...input],
    classes,
    blocks: space.blocks.map(({ name, input, output, residual, candidates, place }, l) => ({
      name,
      input: [...input],
      output: [...output],
      residual,
      candidates: candidates.map((candidate, i) => candidateView(candidate, costs?.costsMs[l][i] ?? null)),
      place: plain(place),
    })),
    fixedMs: costs?.constantMs ?? null,
    device,
    targetMs: objective.latency.targetMs,
  };
}

function candidateView({ name, zero, layers, place }: Candidate, latencyMs: number | null): CandidateView {
  const sizes = zero ? { macs: 0, params: 0 } : { macs: macs(layers), params: parameters(layers) };
  const graph = zero ? undefined : operatorGraph(layers);
  return { name, zero, ...sizes, latencyMs, place: plain(place), graph };
}

/** A copy: many candidates share one place. */
const plain = (place: Place | undefined): Place | undefined => place && { ...place };
