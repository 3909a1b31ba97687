import { partDefinition } from '../../search/layers.ts';
import type { Supernet } from '../../search/supernet.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { BlockMatch } from './matching.ts';

/** Tensors of an earlier supernet, by name. */
export interface StoredTensors {
  /** How many numbers there are of a name; undefined where there is no such tensor. */
  size(name: string): number | undefined;
  read(name: string, into: Float32Array): void;
}

/**
 * Whether the weights of a matched block are there at the sizes that it needs. They are not where a file that the earlier
 * space imports was changed since: that space is then not the one that ran.
 */
export function hasWeights(
  before: SearchSpace,
  after: SearchSpace,
  block: number,
  { from, candidates }: BlockMatch,
  stored: StoredTensors,
): boolean {
  return after.blocks[block].candidates.every(({ zero, layers }, i) => {
    const own = candidates[i];
    if (zero || own === undefined) return true;
    const name = `${before.blocks[from].name}.${own}`;
    const { parameters, norms } = partDefinition(layers, false);
    return (
      parameters.every(({ dims }, p) => stored.size(`${name}.${p}`) === dims.reduce((size, dim) => size * dim, 1)) &&
      norms.every(({ channels }, n) => stored.size(`${name}.mean${n}`) === channels)
    );
  });
}

/** Gives the candidates of a block the weights and running statistics of those they are equal to. */
export function transferWeights(
  supernet: Supernet,
  block: number,
  earlier: string,
  { candidates }: BlockMatch,
  stored: StoredTensors,
): void {
  for (const [i, own] of candidates.entries()) {
    const part = own === undefined ? undefined : supernet.ready(block, i);
    if (!part) continue;
    const name = `${earlier}.${own}`;
    for (const [p, { values }] of part.parameters.entries()) stored.read(`${name}.${p}`, values);
    for (const [n, { mean, variance }] of part.running.entries()) {
      stored.read(`${name}.mean${n}`, mean);
      stored.read(`${name}.variance${n}`, variance);
    }
    // A candidate that is new in the block then starts from what the others have trained of the common weights.
    supernet.changed({ part, block });
  }
}

/**
 * Architecture parameters of a block that continues another: equal candidates keep theirs, and with them what was found
 * of one against another. A new one gets the mean of their probabilities: its fair share, neither favoured nor ruled out.
 */
export function transferAlphas(earlier: readonly number[], candidates: readonly (number | undefined)[]): number[] {
  const kept = candidates.flatMap(own => (own === undefined ? [] : [earlier[own]]));
  const largest = Math.max(...kept);
  const mean = kept.reduce((sum, alpha) => sum + Math.exp(alpha - largest), 0) / kept.length;
  const fair = largest + Math.log(mean);
  return candidates.map(own => (own === undefined ? fair : earlier[own]));
}
