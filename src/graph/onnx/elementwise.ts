import { CONTRIB, float, type OnnxEmitter, type TensorName } from './emitter.ts';
import type { LoweringRules } from './rule.ts';

/** A power of two, so that `STEEP * y` and `STEEP * 6` round alike and a step is exact at its edge. */
const STEEP = 2 ** 100;

/** 1 where x > 0, else 0: a steep HardSigmoid, ten times faster than a comparison with a selection. */
export function stepAboveZero(e: OnnxEmitter, x: TensorName): TensorName {
  return e.op('HardSigmoid', [x], { alpha: float(STEEP), beta: float(0) });
}

/** 1 where x < edge, else 0. */
export function stepBelow(e: OnnxEmitter, x: TensorName, edge: number): TensorName {
  return e.op('HardSigmoid', [x], { alpha: float(-STEEP), beta: float(STEEP * edge) });
}

/** 1 where |x| < edge, else 0. */
const stepInside = (e: OnnxEmitter, x: TensorName, edge: number) => stepBelow(e, e.op('Abs', [x]), edge);

/** 1 where x is 0, else 0, for x that are nowhere positive. */
export function stepAtZero(e: OnnxEmitter, x: TensorName): TensorName {
  return e.op('HardSigmoid', [x], { alpha: float(STEEP), beta: float(1) });
}

const hardSigmoid = { alpha: float(1 / 6), beta: float(0.5) };

/** Operators that do not care how a map lies in memory. */
export const elementwiseRules: LoweringRules<
  | 'relu'
  | 'relu6'
  | 'hswish'
  | 'hsigmoid'
  | 'sigmoid'
  | 'add'
  | 'multiply'
  | 'reluGrad'
  | 'relu6Grad'
  | 'hswishGrad'
  | 'hsigmoidGrad'
  | 'sigmoidGrad'
  | 'dot'
  | 'scaleFilters'
> = {
  relu: ({ e, inputs }) => [e.op('Relu', inputs)],
  relu6: ({ e, inputs: [x] }) => [e.op('Clip', [x, e.scalar(0), e.scalar(6)])],
  hswish: ({ e, inputs }) => [e.op('HardSwish', inputs)],
  hsigmoid: ({ e, inputs }) => [e.op('HardSigmoid', inputs, hardSigmoid)],
  sigmoid: ({ e, inputs }) => [e.op('Sigmoid', inputs)],
  add: ({ e, inputs }) => [e.op('Add', inputs)],
  multiply: ({ e, inputs }) => [e.op('Mul', inputs)],
  reluGrad: ({ e, inputs: [y, dy] }) => [e.op('Mul', [dy, stepAboveZero(e, y)])],
  // 0 < y < 6 is |y - 3| < 3.
  relu6Grad: ({ e, inputs: [y, dy] }) => [e.op('Mul', [dy, stepInside(e, e.op('Sub', [y, e.scalar(3)]), 3)])],
  // d/dx x relu6(x + 3) / 6 = hsigmoid(x) + x / 6 inside (-3, 3).
  hswishGrad: ({ e, inputs: [x, dy] }) => {
    const slope = e.op('Mul', [e.op('Mul', [x, e.scalar(1 / 6)]), stepInside(e, x, 3)]);
    return [e.op('Mul', [dy, e.op('Add', [e.op('HardSigmoid', [x], hardSigmoid), slope])])];
  },
  hsigmoidGrad: ({ e, inputs: [x, dy] }) => [e.op('Mul', [e.op('Mul', [dy, e.scalar(1 / 6)]), stepInside(e, x, 3)])],
  sigmoidGrad: ({ e, inputs: [y, dy] }) => [e.op('Mul', [dy, e.op('Mul', [y, e.op('Sub', [e.scalar(1), y])])])],
  dot: ({ e, inputs, outputDims: [dims] }) => [
    e.reshape(e.op('ReduceSum', [e.op('Mul', inputs)], { keepdims: 0 }), dims),
  ],
  scaleFilters: ({ e, inputs: [w, factor], inputTypes: [{ dims }] }) => [
    e.op('Mul', [w, e.reshape(factor, [dims[0], ...dims.slice(1).map(() => 1)])]),
  ],
};

/** `alpha * a' b'` with either side transposed, without a pass to transpose it (onnxruntime's own FusedMatMul). */
export function matMul(
  e: OnnxEmitter,
  a: TensorName,
  b: TensorName,
  { transA = 0, transB = 0, alpha = 1 } = {},
): TensorName {
  if (!transA && !transB && alpha === 1) return e.op('MatMul', [a, b]);
  return e.op('FusedMatMul', [a, b], { transA, transB, alpha: float(alpha) }, CONTRIB);
}

/** Sums of the columns of a matrix, `[1, columns]`, times `factor`: as a product many times as fast as ReduceSum is over rows. */
export function sumRows(
  e: OnnxEmitter,
  x: TensorName,
  [rows, columns]: readonly [number, number],
  factor = 1,
): TensorName {
  const factors = e.floats(new Array<number>(rows).fill(factor), [1, rows]);
  return e.op('MatMul', [factors, e.reshape(x, [rows, columns])]);
}
