import { UserError } from '../base/errors.ts';
import { Random } from '../base/random.ts';

/** Indices into the training images; ascending, disjoint, together all of them. */
export interface TrainingSplit {
  train: Int32Array;
  validation: Int32Array;
}

/**
 * Splits `count` training images at random, the same way for the same seed. `validation` gets `share` of them, rounded.
 * @throws UserError when a part would be empty
 */
export function splitTraining(count: number, share: number, seed: number): TrainingSplit {
  const held = Math.round(count * share);
  if (!(held > 0 && held < count)) {
    throw new UserError(
      `a validation share of ${share} leaves a part of ${count} training images empty: choose between 0 and 1`,
    );
  }
  const order = new Random(seed, 'data.split').shuffle(Int32Array.from({ length: count }, (_, index) => index));
  return { train: order.slice(held).sort(), validation: order.slice(0, held).sort() };
}
