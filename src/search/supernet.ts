import { Random } from '../base/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Block, SearchSpace } from '../space/searchSpace.ts';
import { Part } from '../training/part.ts';
import { alignedStart } from './alignedStart.ts';
import { type ArchitectureParameters, createArchitectureParameters, softmax } from './architecture.ts';
import { partDefinition } from './layers.ts';
import { allowedIn, isAllowed, type Restrictions, unrestricted } from './restrictions.ts';
import type { ArchitectureState } from './searchState.ts';
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
  /** Candidates a person locked or banned; the others share the probability. */
  restrictions: Restrictions;

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
      const trained = block.candidates.flatMap(({ layers }, i) => {
        const part = parts[i];
        return part ? [{ part, layers }] : [];
      });
      const shared = space.schedule.sharedWeights ? new SharedWeights(trained) : undefined;
      return { block, parts, architecture, shared };
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

  /** All weights and running statistics, as named tensors; for training to go on, with the momentum there is. */
  tensors({ momentum = false } = {}): { name: string; dims: readonly number[]; values: Float32Array }[] {
    return this.everyPart().flatMap(({ part, name }) => [
      ...part.parameters.map(({ dims, values }, i) => ({ name: `${name}.${i}`, dims, values })),
      ...part.running.flatMap(({ mean, variance }, i) => [
        { name: `${name}.mean${i}`, dims: [mean.length], values: mean },
        { name: `${name}.variance${i}`, dims: [variance.length], values: variance },
      ]),
      ...part.parameters.flatMap((parameter, i) =>
        momentum && parameter.momentum
          ? [{ name: `${name}.momentum${i}`, dims: parameter.dims, values: parameter.momentum }]
          : [],
      ),
    ]);
  }

  /**
   * Takes over stored tensors, each straight into its place.
   * @param stored how many numbers there are of a name, undefined for none, and reading them
   * @returns false when they are not all those of this supernet, which is then left as it was
   */
  restore(stored: { size(name: string): number | undefined; read(name: string, into: Float32Array): void }): boolean {
    const own = this.tensors();
    if (!own.every(({ name, values }) => stored.size(name) === values.length)) return false;
    for (const { name, values } of own) stored.read(name, values);
    for (const { part, name } of this.everyPart(false))
      for (const [i, parameter] of part.parameters.entries()) {
        const { length } = parameter.values;
        const kept = stored.size(`${name}.momentum${i}`) === length;
        parameter.momentum = kept ? (parameter.momentum ?? new Float32Array(length)) : undefined;
        if (parameter.momentum) stored.read(`${name}.momentum${i}`, parameter.momentum);
      }
    for (const { part, block } of this.everyPart(false)) this.blocks[block].shared?.push(part);
    return true;
  }

  /** @param current with the weights as they are now; not where the candidates' own are to become the common ones */
  private everyPart(current = true): { part: Part; block: number; name: string }[] {
    return this.blocks.flatMap(({ parts, block }, index) =>
      parts.flatMap((own, candidate) => {
        const part = current ? this.ready(index, candidate) : own;
        return part ? [{ part, block: index, name: `${block.name}.${candidate}` }] : [];
      }),
    );
  }

  /** To be called for every part of a path after its weights changed. */
  changed(path: readonly { part: Part; block: number }[]): void {
    for (const { part, block } of path) this.blocks[block].shared?.push(part);
  }
}
