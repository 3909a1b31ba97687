import type { Random } from '../base/random.ts';
import { release } from '../runtime/memory.ts';
import type { Tensors } from '../runtime/runtime.ts';
import { type SgdOptions, sgdStep } from './optimisers.ts';
import type { Part, Tape } from './part.ts';
import type { Gradients } from './partGraphs.ts';

/**
 * A path through a network: its parts in order, the last one giving the logits. Only what its own parts need is kept between
 * forward and backward, so memory is that of one path, whatever the supernet holds beside it.
 */

/** Gradients of one step: for each part the tensors `d0`, `d1`, ... by its parameters. */
export interface ChainStep {
  loss: number;
  /** Packed `[K, N]` probabilities of the batch. */
  probabilities: Float32Array;
  gradients: Tensors[];
}

/** What an observer of the backward run sees at a part. */
export interface BackwardVisit {
  index: number;
  x: Float32Array;
  /** Gradient by the part's output; the last part goes to the loss and has none. */
  dy: Float32Array | undefined;
  /** What the part's backward run gave: `gate` and `dx`, as far as asked for. */
  results: Tensors;
}

export interface ChainOptions {
  batch: number;
  /** Gradients by weights, or by the maps alone (architecture steps). */
  gradients: 'weights' | 'maps';
  random: Random;
  /** Update running statistics. */
  updateRunning: boolean;
  /** Parts for which a backward run also gives the gradient of their own gate. */
  gates?: readonly boolean[];
  /** Called at each part that the backward run reaches, from the end to the start. */
  visit?: (visit: BackwardVisit) => Promise<void>;
  /** The first part that the backward run reaches: an architecture step has no use for what lies before the first choice. */
  from?: number;
  /** Whether the gradient by that first part's input is wanted as well; not by default. */
  inputGradient?: boolean;
}

/** Forward, loss and backward over a path. @param images packed map @param targets `[N, K]` distributions */
export async function runChain(
  parts: readonly Part[],
  images: Float32Array,
  targets: Float32Array,
  { batch, gradients, random, updateRunning, gates, visit, from = 0, inputGradient = false }: ChainOptions,
): Promise<ChainStep> {
  const tapes: Tape[] = [];
  let x = images;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const { y, tape } = await part.forward(x, batch, random, index >= from);
    if (updateRunning) part.updateRunning(tape, batch);
    tapes.push(tape);
    x = y;
  }
  const last = parts.length - 1;
  // Nothing before the first part reached needs a gradient by its output.
  const kind = (index: number): Gradients => {
    const deeper = index > from || inputGradient;
    if (gradients === 'weights') return deeper ? 'all' : 'weights';
    return deeper || index === last ? 'input' : 'none';
  };
  const head = await parts[last].loss(x, targets, batch, kind(last), random);
  if (updateRunning) parts[last].updateRunning(head.tape, batch);

  const perPart: Tensors[] = new Array(parts.length);
  perPart[last] = head.results;
  let dy = head.results.dx;
  await visit?.({ index: last, x, dy: undefined, results: head.results });
  if (last > 0) release(x);
  for (let index = last - 1; index >= from; index--) {
    const tape = tapes[index];
    const results = await parts[index].backward(tape, dy, batch, kind(index), gates?.[index]);
    await visit?.({ index, x: tape.x, dy, results });
    release(dy);
    releaseAll(tape.kept);
    if (index > 0) release(tape.x);
    perPart[index] = results;
    dy = results.dx;
  }
  release(dy);
  for (const tape of tapes.slice(0, from)) releaseAll(tape.kept);
  for (const tape of tapes.slice(1, from)) release(tape.x);
  return { loss: head.loss, probabilities: head.probabilities, gradients: perPart };
}

function releaseAll(tensors: Tensors): void {
  for (const values of Object.values(tensors)) release(values);
}

/** One step of the optimiser for a part. @param gradients those of `runChain` for it; used up */
export function updatePart(part: Part, gradients: Tensors, options: SgdOptions): void {
  for (const [k, parameter] of part.parameters.entries()) {
    sgdStep(parameter, gradients[`d${k}`], options);
    release(gradients[`d${k}`]);
  }
}

/** Logits of a batch, packed `[K, N]`. */
export async function evaluateChain(
  parts: readonly Part[],
  images: Float32Array,
  batch: number,
  statistics: 'batch' | 'running',
): Promise<Float32Array> {
  let x = images;
  for (const part of parts) {
    const y = await part.evaluate(x, batch, statistics);
    if (x !== images) release(x);
    x = y;
  }
  return x;
}
