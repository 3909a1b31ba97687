import { Random } from '../base/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Block, SearchSpace } from '../space/searchSpace.ts';
import { Part } from '../training/part.ts';
import { alignedStart } from './alignedStart.ts';
import { type ArchitectureParameters, createArchitectureParameters, softmax } from './architecture.ts';
import { partDefinition } from './layers.ts';
import { SharedWeights } from './sharedWeights.ts';

/** A block with its candidates as trainable parts; the Zero operator has none. */
export interface SupernetBlock {
  block: Block;
  parts: readonly (Part | undefined)[];
  /** Architecture parameters, where there is a choice. */
  architecture?: ArchitectureParameters;
  /** Weights that the candidates have in common, where the schedule says so. */
  shared?: SharedWeights;
}

/** A block where there is a choice; `index` is its place among all blocks. */
export type ChoiceBlock = SupernetBlock & { architecture: ArchitectureParameters; index: number };

/**
 * The over-parameterised network: every candidate of every block with weights of its own. Only the sampled path of a
 * step is run; a candidate that was never sampled costs its weights and nothing else.
 */
export class Supernet {
  readonly blocks: readonly SupernetBlock[];
  readonly choices: readonly ChoiceBlock[];

  constructor(
    runtime: Runtime,
    readonly space: SearchSpace,
    seed: number,
  ) {
    this.blocks = space.blocks.map(block => {
      const parts = block.candidates.map(candidate => {
        if (candidate.zero) return undefined;
        const random = new Random(seed, `weights ${block.name}`);
        return new Part(runtime, partDefinition(candidate.layers, block.residual), random, (spec, index) =>
          spec.start === 'convolution' ? alignedStart(spec, `${seed} ${block.name} ${index}`) : undefined,
        );
      });
      if (parts.length === 1) return { block, parts };
      const architecture = createArchitectureParameters(parts.length, new Random(seed, `alpha ${block.name}`));
      const shared = space.schedule.sharedWeights
        ? new SharedWeights(parts.filter(part => part !== undefined))
        : undefined;
      return { block, parts, architecture, shared };
    });
    this.choices = this.blocks.flatMap((block, index) =>
      block.architecture ? [{ ...block, architecture: block.architecture, index }] : [],
    );
  }

  /** Probabilities of every choice block's candidates. */
  probabilities(): Float64Array[] {
    return this.choices.map(({ architecture }) => softmax(architecture.alpha));
  }

  /** The most probable candidate of every choice block. */
  argmax(): number[] {
    return this.choices.map(({ architecture: { alpha } }) => alpha.indexOf(Math.max(...alpha)));
  }

  /** A path with every choice drawn from the given probabilities. */
  sample(probabilities: readonly ArrayLike<number>[], random: Random): number[] {
    return probabilities.map(p => random.pick(p));
  }

  /** The parts of a path, ready to run, with the block each belongs to; Zero candidates leave their block out. */
  path(choices: readonly number[]): { part: Part; block: number }[] {
    let choice = 0;
    return this.blocks.flatMap(({ architecture }, block) => {
      const part = this.ready(block, architecture ? choices[choice++] : 0);
      return part ? [{ part, block }] : [];
    });
  }

  /** A candidate's part with its weights as they are now; undefined for Zero. */
  ready(block: number, candidate: number): Part | undefined {
    const { parts, shared } = this.blocks[block];
    const part = parts[candidate];
    if (part) shared?.pull(part);
    return part;
  }

  /** All weights and running statistics, as named tensors for a checkpoint. */
  tensors(): { name: string; dims: readonly number[]; values: Float32Array }[] {
    return this.everyPart().flatMap(({ part, name }) => [
      ...part.parameters.map(({ dims, values }, i) => ({ name: `${name}.${i}`, dims, values })),
      ...part.running.flatMap(({ mean, variance }, i) => [
        { name: `${name}.mean${i}`, dims: [mean.length], values: mean },
        { name: `${name}.variance${i}`, dims: [variance.length], values: variance },
      ]),
    ]);
  }

  /** Takes over the tensors of a checkpoint. @returns false when they are not all those of this supernet */
  restore(tensors: ReadonlyMap<string, { values: Float32Array }>): boolean {
    const pairs = this.tensors().map(({ name, values }) => ({ values, stored: tensors.get(name)?.values }));
    if (!pairs.every(({ values, stored }) => stored?.length === values.length)) return false;
    for (const { values, stored } of pairs) values.set(stored as Float32Array);
    // Not through `ready`, which would take the old common weights over the restored ones.
    for (const { parts, shared } of this.blocks) for (const part of parts) if (part) shared?.push(part);
    return true;
  }

  private everyPart(): { part: Part; block: number; name: string }[] {
    return this.blocks.flatMap(({ parts, block }, index) =>
      parts.flatMap((_, candidate) => {
        const part = this.ready(index, candidate);
        return part ? [{ part, block: index, name: `${block.name}.${candidate}` }] : [];
      }),
    );
  }

  /** To be called for every part of a path after its weights changed. */
  changed(path: readonly { part: Part; block: number }[]): void {
    for (const { part, block } of path) this.blocks[block].shared?.push(part);
  }
}
