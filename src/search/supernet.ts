import { Random } from '../base/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Block, SearchSpace } from '../space/searchSpace.ts';
import { Part } from '../training/part.ts';
import { alignedStart } from './alignedStart.ts';
import { type ArchitectureParameters, createArchitectureParameters, softmax } from './architecture.ts';
import { partDefinition } from './layers.ts';

/** A block with its candidates as trainable parts; the Zero operator has none. */
export interface SupernetBlock {
  block: Block;
  parts: readonly (Part | undefined)[];
  /** Architecture parameters, where there is a choice. */
  architecture?: ArchitectureParameters;
}

/** A block where there is a choice. */
export type ChoiceBlock = SupernetBlock & { architecture: ArchitectureParameters };

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
      return { block, parts, architecture };
    });
    this.choices = this.blocks.filter((block): block is ChoiceBlock => block.architecture !== undefined);
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

  /** The parts of a path, with the block each belongs to; Zero candidates leave their block out. */
  path(choices: readonly number[]): { part: Part; block: number }[] {
    let choice = 0;
    return this.blocks.flatMap(({ parts, architecture }, block) => {
      const part = parts[architecture ? choices[choice++] : 0];
      return part ? [{ part, block }] : [];
    });
  }
}
