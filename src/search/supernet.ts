import { Random } from '../base/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Block, SearchSpace } from '../space/searchSpace.ts';
import { Part } from '../training/part.ts';
import { alignedStart } from './alignedStart.ts';
import { type ArchitectureParameters, createArchitectureParameters, softmax } from './architecture.ts';
import { CandidateWeights } from './candidateWeights.ts';
import { partDefinition } from './layers.ts';
import { allowedIn, isAllowed, type Restrictions, unrestricted } from './restrictions.ts';
import type { ArchitectureState } from './searchState.ts';
import { SharedWeights } from './sharedWeights.ts';
import type { WeightFile } from './weightFile.ts';

/** A block with its candidates as trainable parts; the Zero operator has none. */
export interface SupernetBlock {
  block: Block;
  parts: readonly (Part | undefined)[];
  /** Architecture parameters, where there is a choice. */
  architecture?: ArchitectureParameters;
  /** Weights that the candidates have in common, where the schedule says so. */
  shared?: SharedWeights;
  /** Where the weights of candidates are that no step needs just now, where that is not memory. */
  stored?: CandidateWeights;
}

/** Numbers of a supernet as a file holds them. */
export interface NamedTensor {
  name: string;
  dims: readonly number[];
  values: Float32Array;
}

/** A part and the block it belongs to. */
export interface PlacedPart {
  part: Part;
  block: number;
}

/** A block where there is a choice; `index` is its place among all blocks. */
export type ChoiceBlock = SupernetBlock & { architecture: ArchitectureParameters; index: number };

/**
 * The over-parameterised network: every candidate of every block with weights of its own. Only the sampled path of a
 * step is run, and with a weight file only its weights and no others' are in memory.
 */
export class Supernet {
  readonly blocks: readonly SupernetBlock[];
  readonly choices: readonly ChoiceBlock[];
  /** Candidates a person locked or banned; the others share the probability. */
  restrictions: Restrictions;

  constructor(
    runtime: Runtime,
    readonly space: SearchSpace,
    seed: number,
    private readonly weightFile?: WeightFile,
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
      const trained = block.candidates.flatMap(({ layers }, i) => {
        const part = parts[i];
        return part ? [{ part, layers }] : [];
      });
      const shared = space.schedule.sharedWeights ? new SharedWeights(trained) : undefined;
      const stored =
        weightFile &&
        new CandidateWeights(
          trained.map(({ part }) => part),
          weightFile,
        );
      return { block, parts, architecture, shared, stored };
    });
    this.choices = this.blocks.flatMap((block, index) =>
      block.architecture ? [{ ...block, architecture: block.architecture, index }] : [],
    );
    this.restrictions = unrestricted(this.choices.length);
  }

  /** Probabilities of every choice block's candidates: 0 for those it may not take. */
  probabilities(): Float64Array[] {
    return this.allowedAlphas().map(softmax);
  }

  /** The same probability for all candidates that a block may take. */
  uniform(): number[][] {
    return this.allowedAlphas().map(alphas =>
      Array.from(alphas, alpha => (alpha === Number.NEGATIVE_INFINITY ? 0 : 1)),
    );
  }

  /** The most probable candidate of every choice block. */
  argmax(): number[] {
    return this.allowedAlphas().map(alphas => alphas.indexOf(Math.max(...alphas)));
  }

  /** Candidates that a choice block may take. */
  allowed(choice: number): number[] {
    return allowedIn(this.restrictions, choice, this.choices[choice].parts.length);
  }

  /** Architecture parameters by choice block, those of candidates it may not take at -Infinity. */
  allowedAlphas(): Float64Array[] {
    return this.choices.map(({ architecture: { alpha } }, choice) =>
      alpha.map((value, i) => (isAllowed(this.restrictions, choice, i) ? value : Number.NEGATIVE_INFINITY)),
    );
  }

  get architectureState(): ArchitectureState {
    return {
      alphas: this.choices.map(({ architecture: { alpha } }) => [...alpha]),
      adam: this.choices.map(({ architecture: { adam } }) => ({
        first: [...adam.first],
        second: [...adam.second],
        steps: adam.steps,
      })),
      ...structuredClone(this.restrictions),
    };
  }

  /** @throws Error when the state is of another supernet */
  set architectureState({ alphas, adam, locked, banned }: ArchitectureState) {
    const fits = (rows: readonly unknown[]) => rows.length === this.choices.length;
    const whole = ({ parts }: ChoiceBlock, i: number) =>
      [alphas[i], adam[i].first, adam[i].second].every(row => row.length === parts.length);
    if (![alphas, adam, locked, banned].every(fits) || !this.choices.every(whole))
      throw new Error('the architecture parameters are of another search space');
    for (const [i, { architecture }] of this.choices.entries()) {
      architecture.alpha.set(alphas[i]);
      architecture.adam.first.set(adam[i].first);
      architecture.adam.second.set(adam[i].second);
      architecture.adam.steps = adam[i].steps;
    }
    this.restrictions = structuredClone({ locked, banned });
  }

  /** A path with every choice drawn from the given probabilities. */
  sample(probabilities: readonly ArrayLike<number>[], random: Random): number[] {
    return probabilities.map(p => random.pick(p));
  }

  /**
   * The parts of a path, ready to run, with the block each belongs to; Zero candidates leave their block out. They are so
   * until another candidate of their block is asked for.
   */
  path(choices: readonly number[]): PlacedPart[] {
    let choice = 0;
    return this.blocks.flatMap(({ architecture }, block) => {
      const part = this.ready(block, architecture ? choices[choice++] : 0);
      return part ? [{ part, block }] : [];
    });
  }

  /** A candidate's part with its weights as they are now; undefined for Zero. */
  ready(block: number, candidate: number): Part | undefined {
    const part = this.blocks[block].parts[candidate];
    if (part) this.bring({ part, block });
    return part;
  }

  /** Brings the momentum of a part that is ready, for `changed` to follow. */
  bringMomentum({ part, block }: PlacedPart): void {
    const { shared, stored } = this.blocks[block];
    stored?.bringMomentum(part);
    shared?.pullMomentum(part);
  }

  /** To be called for every part that is ready and whose weights were changed. */
  changed({ part, block }: PlacedPart): void {
    const { shared, stored } = this.blocks[block];
    shared?.push(part);
    stored?.keep(part);
  }

  /**
   * All weights and running statistics, as named tensors; for training to go on, with the momentum there is. Each is good
   * until the next one is asked for.
   */
  *tensors({ momentum = false } = {}): Generator<NamedTensor, void> {
    for (const { name, part, block } of this.everyPart()) {
      const { shared, stored } = this.blocks[block];
      this.bring({ part, block });
      for (const [i, { dims, values }] of part.parameters.entries()) yield { name: `${name}.${i}`, dims, values };
      for (const [i, { mean, variance }] of part.running.entries()) {
        yield { name: `${name}.mean${i}`, dims: [mean.length], values: mean };
        yield { name: `${name}.variance${i}`, dims: [variance.length], values: variance };
      }
      if (!momentum) continue;
      stored?.bringMomentum(part);
      shared?.pull(part);
      for (const [i, { dims, momentum: values }] of part.parameters.entries())
        if (values) yield { name: `${name}.momentum${i}`, dims, values };
      stored?.drop(part);
    }
  }

  /**
   * Takes over stored tensors, each straight into its place.
   * @param from how many numbers there are of a name, undefined for none, and reading them
   * @returns false when they are not all those of this supernet, which is then left as it was
   */
  restore(from: { size(name: string): number | undefined; read(name: string, into: Float32Array): void }): boolean {
    for (const { name, values } of this.tensors()) if (from.size(name) !== values.length) return false;
    for (const { name, part, block } of this.everyPart()) {
      const { stored } = this.blocks[block];
      // Not with the common weights: the candidates' own are to become the common ones.
      stored?.bring(part);
      stored?.bringMomentum(part);
      for (const [i, parameter] of part.parameters.entries()) {
        const { length } = parameter.values;
        from.read(`${name}.${i}`, parameter.values);
        if (from.size(`${name}.momentum${i}`) === length) {
          parameter.momentum ??= new Float32Array(length);
          from.read(`${name}.momentum${i}`, parameter.momentum);
        } else parameter.momentum?.fill(0);
      }
      for (const [i, { mean, variance }] of part.running.entries()) {
        from.read(`${name}.mean${i}`, mean);
        from.read(`${name}.variance${i}`, variance);
      }
      this.changed({ part, block });
    }
    return true;
  }

  /** Gives the disk space of its weights back, where they are in a file; it cannot be used afterwards. */
  close(): void {
    this.weightFile?.close();
  }

  /** Every candidate that has a part, and its name among the tensors; afterwards those are ready that were so before. */
  private *everyPart(): Generator<PlacedPart & { name: string }, void> {
    for (const [index, { parts, block, stored }] of this.blocks.entries()) {
      const before = stored?.inMemory;
      try {
        for (const [candidate, part] of parts.entries())
          if (part) yield { part, block: index, name: `${block.name}.${candidate}` };
      } finally {
        if (before) this.bring({ part: before, block: index });
      }
    }
  }

  private bring({ part, block }: PlacedPart): void {
    const { shared, stored } = this.blocks[block];
    stored?.bring(part);
    shared?.pull(part);
  }
}
