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
}

export type LoweringRule<O extends Op> = (context: RuleContext<O>) => (TensorName | undefined)[];
export type LoweringRules<Ops extends Op = Op> = { [O in Ops]: LoweringRule<O> };

/** How maps lie in memory, and the ONNX operators for each graph operator in that layout. One of these per lowering. */
export interface Lowering {
  /** Distinguishes compiled models of one graph. */
  name: string;
  rules: LoweringRules;
  /** ONNX shape of a map of logical shape `[N, C, H, W]`. */
  mapDims(dims: readonly number[]): number[];
  /** ONNX shape of an array of shape `dims`. */
  arrayDims(dims: readonly number[]): number[];
  /** How a map lies that is marked `forDepthwise`; undefined where it lies as others do. */
  forDepthwise?(type: ValueType): LyingApart | undefined;
  /** Position in the layout's memory of every element of a map in `[N, C, H, W]` order, or undefined where they are the same. */
  order(dims: readonly number[]): Uint32Array | undefined;
}

/** An order in memory of its own. */
export interface LyingApart {
  dims: number[];
  give(e: OnnxEmitter, map: TensorName): TensorName;
  take(e: OnnxEmitter, input: TensorName): TensorName;
}
