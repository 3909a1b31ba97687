import type { PassActivation } from '../../graph/cut/units.ts';
import type { PassBody, PassKernel } from './compileKernel.ts';
import { type Code, f32x4 } from './wasm.ts';

const { value, add, subtract, multiply, min, max, and, lessThan, greaterThan } = f32x4;

/** `dy` where `low < x < high`, else 0, even for a `dy` that is no number. */
const inside = (x: Code, dy: Code, low: Code, high: Code) => and(dy, and(greaterThan(x, low), lessThan(x, high)));

/** d/du u relu6(u + 3) / 6 = hsigmoid(u) + u / 6 inside (-3, 3). */
const hswishSlope = (u: Code) => {
  const gate = max(min(add(multiply(u, value(1 / 6)), value(0.5)), value(1)), value(0));
  return add(gate, inside(u, multiply(u, value(1 / 6)), value(-3), value(3)));
};

/** The gradient behind an activation: `u` is what went into it, or for relu and relu6 just as well what came out. */
const behind: Record<PassActivation, (u: Code, dy: Code) => Code> = {
  relu: (u, dy) => and(dy, greaterThan(u, value(0))),
  relu6: (u, dy) => inside(u, dy, value(0), value(6)),
  hswish: (u, dy) => multiply(dy, hswishSlope(u)),
};

/** `u = factor0 x + factor1` */
const affine = (pass: PassBody, x: Code) => add(multiply(pass.factor(0), x), pass.factor(1));

/**
 * The gradient by batch norm's result from the maps `(x, dy)`, through an activation or none. For relu and relu6 the first two
 * factors are the bounds of `x` between which the slope is 1, else those of `u`.
 */
const normalised = (pass: PassBody, x: Code, activation?: PassActivation) => {
  if (!activation) return pass.map(1);
  if (activation === 'hswish') return behind.hswish(pass.keep(affine(pass, x)), pass.map(1));
  return inside(x, pass.map(1), pass.factor(0), pass.factor(1));
};

/** The gradient through an activation, its sums, and with `products` those of it times what stands for the activation. */
const activationGrad = (activation: PassActivation, products = false): PassKernel => ({
  factors: 0,
  sums: products ? 2 : 1,
  body: pass => {
    const y = pass.keep(pass.map(0));
    const m = pass.keep(behind[activation](y, pass.map(1)));
    pass.sum(0, m);
    if (products) pass.sum(1, multiply(m, y));
    pass.store(m);
  },
});

/** Sums of `m` and `m x`, with `m` the gradient by batch norm's result. */
const normGradSums = (activation?: PassActivation): PassKernel => ({
  factors: activation ? 2 : 0,
  sums: 2,
  body: pass => {
    const x = pass.keep(pass.map(0));
    const m = pass.keep(normalised(pass, x, activation));
    pass.sum(0, m);
    pass.sum(1, multiply(m, x));
  },
});

/** `m + b x + c`, with `b` and `c` the last two factors. */
const normGrad = (activation?: PassActivation): PassKernel => ({
  factors: activation ? 4 : 2,
  sums: 0,
  body: pass => {
    const x = pass.keep(pass.map(0));
    const [b, c] = activation ? [2, 3] : [0, 1];
    const taken = add(multiply(pass.factor(b), x), pass.factor(c));
    pass.store(add(normalised(pass, x, activation), taken));
  },
});

/** All passes there are, by name. */
export const passKernels = {
  reluGrad: activationGrad('relu'),
  relu6Grad: activationGrad('relu6'),
  hswishGrad: activationGrad('hswish'),
  reluGradProducts: activationGrad('relu', true),
  relu6GradProducts: activationGrad('relu6', true),
  hswishGradProducts: activationGrad('hswish', true),
  normGradSums: normGradSums(),
  normGrad: normGrad(),
  normReluGradSums: normGradSums('relu'),
  normReluGrad: normGrad('relu'),
  normRelu6GradSums: normGradSums('relu6'),
  normRelu6Grad: normGrad('relu6'),
  normHswishGradSums: normGradSums('hswish'),
  normHswishGrad: normGrad('hswish'),
  /** Sums of `a b`. */
  dot: { factors: 0, sums: 1, body: pass => pass.sum(0, multiply(pass.map(0), pass.map(1))) },
  /** Sums of `(a - c) b`. */
  dotLess: {
    factors: 0,
    sums: 1,
    body: pass => pass.sum(0, multiply(subtract(pass.map(0), pass.map(2)), pass.map(1))),
  },
} satisfies Record<string, PassKernel>;

export type PassName = keyof typeof passKernels;
