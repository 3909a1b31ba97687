import type { Random } from '../base/random.ts';
import { release } from '../runtime/memory.ts';
import { type ChainStep, runChain, updatePart } from '../training/chain.ts';
import type { AdamOptions, SgdOptions } from '../training/optimisers.ts';
import { alphaGradients, drawPair, updateAll, updatePair } from './architecture.ts';
import { type CostTerms, costPull, type ExpectedCosts, expectedCosts } from './costTerms.ts';
import type { Supernet } from './supernet.ts';

/** A batch ready to run: images packed in the runtime's layout, targets `[N, K]`. */
export interface PackedBatch {
  images: Float32Array;
  targets: Float32Array;
  size: number;
}

/** One step of the weights of one path: forward, backward, update of that path only. */
export async function weightStep(
  supernet: Supernet,
  choices: readonly number[],
  { images, targets, size }: PackedBatch,
  random: Random,
  options: SgdOptions,
): Promise<ChainStep> {
  const path = supernet.path(choices);
  const parts = path.map(({ part }) => part);
  const step = await runChain(parts, images, targets, {
    batch: size,
    gradients: 'weights',
    random,
    updateRunning: true,
  });
  for (const [i, placed] of path.entries()) {
    supernet.bringMomentum(placed);
    updatePart(placed.part, step.gradients[i], options);
    supernet.changed(placed);
  }
  return step;
}

/** What one choice block took part with in an architecture step, and what pulled it. */
export interface BlockPull {
  /** Candidates that took part. */
  indices: readonly number[];
  active: number;
  /** Gradients of the loss by the architecture parameters of `indices`: from cross-entropy, from latency, from budgets. */
  accuracy: Float64Array;
  latency: Float64Array;
  budget: Float64Array;
}

export interface ArchitectureStep {
  crossEntropy: number;
  loss: number;
  /** After the step. */
  expected: ExpectedCosts;
  /** By choice block; undefined where it took no part: nothing to choose, or its active candidate was Zero. */
  pulls: (BlockPull | undefined)[];
}

export interface ArchitectureOptions {
  gateMode: 'two' | 'full';
  /** Whether a block whose active candidate is Zero takes part; it does not in the authors' code. */
  zeroGradient: boolean;
  terms: CostTerms;
  adam: AdamOptions;
}

/** One step of the architecture parameters by the gradient rule; weights and running statistics stay as they are. */
export async function architectureStep(
  supernet: Supernet,
  { images, targets, size }: PackedBatch,
  random: Random,
  { gateMode, zeroGradient, terms, adam }: ArchitectureOptions,
): Promise<ArchitectureStep> {
  const probabilities = supernet.probabilities();
  const drawn = probabilities.map((p, choice) => draw(p, supernet.allowed(choice), gateMode, random));
  const path = supernet.path(drawn.map(({ indices, active }) => indices[active]));
  const choiceOf = choiceIndices(supernet);

  // Gradients by the gates of the candidates drawn; Zero's output is 0, and so is its gate's gradient.
  const gates = drawn.map(({ indices }) => new Float64Array(indices.length));
  /** Gradients by the gates of a block's candidates that are not active, at its input and the gradient by its output. */
  const others = async (choice: number, x: Float32Array, dy: Float32Array) => {
    const { indices, active } = drawn[choice];
    for (let i = 0; i < indices.length; i++) {
      const other = i === active ? undefined : supernet.ready(supernet.choices[choice].index, indices[i]);
      if (other) gates[choice][i] = await other.gateGradient(x, dy, size);
    }
  };
  /** Choice blocks that vanished right before a part of the path: the part's input is theirs, its gradient theirs too. */
  const vanished = path.map(({ block }, position) => {
    const before = position === 0 ? -1 : path[position - 1].block;
    return choiceOf.slice(before + 1, block).filter(choice => choice >= 0 && zeroGradient);
  });
  const from = path.findIndex(({ block }, position) => choiceOf[block] >= 0 || vanished[position].length > 0);
  const step = await runChain(
    path.map(({ part }) => part),
    images,
    targets,
    {
      batch: size,
      gradients: 'maps',
      random,
      updateRunning: false,
      from: from < 0 ? path.length - 1 : from,
      inputGradient: from >= 0 && vanished[from].length > 0,
      gates: path.map(({ block }) => choiceOf[block] >= 0),
      visit: async ({ index, x, dy, results }) => {
        const choice = choiceOf[path[index].block];
        if (choice >= 0 && dy) {
          gates[choice][drawn[choice].active] = results.gate[0];
          await others(choice, x, dy);
        }
        for (const gone of vanished[index]) await others(gone, x, results.dx);
      },
    },
  );

  release(step.probabilities);

  const pull = costPull(terms, step.loss, probabilities);
  const pulls = drawn.map((draw, choice): BlockPull | undefined => {
    const block = supernet.choices[choice];
    if (draw.indices.length === 1) return undefined;
    if (!zeroGradient && !block.parts[draw.indices[draw.active]]) return undefined;
    const pulledBy = (slopes: readonly Float64Array[]) =>
      alphaGradients(
        draw.probabilities,
        draw.indices.map(i => slopes[choice][i]),
      );
    const accuracy = alphaGradients(draw.probabilities, gates[choice]).map(g => g * pull.byCrossEntropy);
    const latency = pulledBy(pull.latency);
    const budget = pulledBy(pull.budget);
    const gradient = accuracy.map((g, i) => g + latency[i] + budget[i]);
    if (gateMode === 'two') updatePair(block.architecture, draw.indices, gradient, adam);
    else updateAll(block.architecture, draw.indices, gradient, adam);
    return { indices: draw.indices, active: draw.active, accuracy, latency, budget };
  });
  const expected = expectedCosts(terms, supernet.probabilities());
  if (expected.ms !== undefined) terms.latency?.term.update(expected.ms);
  for (const [k, { term }] of terms.budgets.entries()) term.update(expected.budgets[k]);
  return { crossEntropy: step.loss, loss: pull.loss, expected, pulls };
}

/** Candidates that take part in a step, their probabilities among one another, and which of them is active. */
interface Draw {
  indices: readonly number[];
  probabilities: Float64Array;
  active: number;
}

/** Of the candidates a block may take: all in mode `full`, a pair in mode `two`; one alone where it has no choice. */
function draw(probabilities: Float64Array, allowed: readonly number[], gateMode: 'two' | 'full', random: Random): Draw {
  const among = Float64Array.from(allowed, i => probabilities[i]);
  if (allowed.length === 1) return { indices: allowed, probabilities: among, active: 0 };
  if (gateMode === 'full') return { indices: allowed, probabilities: among, active: random.pick(among) };
  const pair = drawPair(among, random);
  return { ...pair, indices: pair.indices.map(i => allowed[i]) };
}

/** For each block its number among the choice blocks, -1 where it is fixed. */
function choiceIndices(supernet: Supernet): number[] {
  let next = 0;
  return supernet.blocks.map(({ architecture }) => (architecture ? next++ : -1));
}
