import type { Attributes, Op, ValueType } from '../types.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';

/** What a lowering rule sees of one node. */
export interface RuleContext<O extends Op> {
  e: OnnxEmitter;
  inputs: readonly TensorName[];
  inputTypes: readonly ValueType[];
  outputTypes: readonly ValueType[];
  /** ONNX shapes that the results must have. */
  outputDims: readonly (readonly number[])[];
  attributes: Attributes[O];
  /** Which results are needed; a rule may leave the others out (`undefined`). */
  used: readonly boolean[];
  /** Which inputs nothing else reads. */
  alone: readonly boolean[];
}

export type LoweringRule<O extends Op> = (context: RuleContext<O>) => (TensorName | undefined)[];
export type LoweringRules<Ops extends Op = Op> = { [O in Ops]: LoweringRule<O> };

/** How maps lie in memory, and the ONNX operators for each graph operator in that layout. One of these per lowering. */
export interface Lowering {
  /** Distinguishes compiled models of one graph. */
  name: string;
  rules: LoweringRules;
  /** ONNX shape, within a model, of a map of logical shape `[N, C, H, W]`. */
  mapDims(dims: readonly number[]): number[];
  /** ONNX shape of an array of shape `dims`. */
  arrayDims(dims: readonly number[]): number[];
  /** How a map lies where it goes into a model or out of it; undefined where it lies there as within. */
  between?(type: ValueType): BetweenModels | undefined;
  /** The lanes that a map between models lies in, where it does. */
  lanes?(type: ValueType): MapLanes | undefined;
  /** The order of a map between models, or undefined where it lies as `[N, C, H, W]`. */
  order(dims: readonly number[]): MapOrder | undefined;
}

/** Where the elements of a map in `[N, C, H, W]` order lie; what of the memory is left over is 0. */
export interface MapOrder {
  places: Uint32Array;
  size: number;
}

/**
 * A map in memory as segments, one after another, each `[places, lanes]`. What a lane has to do with channels hangs on the
 * segment's set: it is a channel (`perSet` 1) or a block of as many channels as there are lanes.
 */
export interface MapLanes {
  channels: number;
  lanes: number;
  places: number;
  segments: number;
  /** Segments of one set that follow one another. */
  alike: number;
  /** Sets, taken in turns. */
  sets: number;
  /** Channels of a set. */
  perSet: 1 | 'lanes';
}

/** Another order in memory than within a model. */
export interface BetweenModels {
  dims: number[];
  give(e: OnnxEmitter, map: TensorName): TensorName;
  take(e: OnnxEmitter, input: TensorName): TensorName;
}
