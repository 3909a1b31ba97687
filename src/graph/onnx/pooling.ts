import { windowCount } from '../shapes.ts';
import type { ValueType } from '../types.ts';
import { stepAtZero } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { LoweringRules } from './rule.ts';
import { insideCounts, positions, shifted, taps, untap } from './windows.ts';

/** A finite stand-in for minus infinity outside the map: infinities would turn into NaN under the steep step. */
const LOWEST = -1e30;

/**
 * Pooling and moving in any layout whose maps have height and width at axes 2 and 3, behind `view` (to that shape) and `flat`
 * (back to how maps are passed around).
 */
export function poolingRules(layout: {
  dims(type: ValueType): number[];
  view(e: OnnxEmitter, tensor: TensorName, type: ValueType): TensorName;
  flat(e: OnnxEmitter, tensor: TensorName, type: ValueType): TensorName;
}): LoweringRules<'maxPool' | 'avgPool' | 'maxPoolGrad' | 'avgPoolGrad' | 'shift'> {
  const sum = (e: OnnxEmitter, parts: TensorName[]) => parts.reduce((total, part) => e.op('Add', [total, part]));
  const inverseCounts = (
    e: OnnxEmitter,
    height: number,
    width: number,
    window: Parameters<typeof insideCounts>[2],
    inner: number,
  ) => {
    const counts = insideCounts(height, width, window).map(count => 1 / count);
    const columns = windowCount(width, window.kernel, window.stride, window.pad);
    return e.floats(counts, [counts.length / columns, columns, ...new Array<number>(inner).fill(1)]);
  };
  return {
    maxPool: ({ e, inputs: [x], inputTypes: [type], outputTypes: [out], attributes }) => {
      const seen = taps(e, layout.view(e, x, type), layout.dims(type), { ...attributes, dilation: 1 }, LOWEST);
      return [layout.flat(e, e.op('Max', seen), out)];
    },
    // Where several elements share the maximum its gradient is shared among them.
    maxPoolGrad: ({ e, inputs: [x, y, dy], inputTypes: [type, pooled], attributes }) => {
      const window = { ...attributes, dilation: 1 };
      const [, , height, width] = type.dims;
      const largest = layout.view(e, y, pooled);
      const hits = taps(e, layout.view(e, x, type), layout.dims(type), window, LOWEST).map(tap =>
        stepAtZero(e, e.op('Sub', [tap, largest])),
      );
      const share = e.op('Div', [layout.view(e, dy, pooled), sum(e, hits)]);
      const parts = positions(window.kernel).map((position, i) =>
        untap(e, e.op('Mul', [hits[i], share]), layout.dims(pooled), window, position, [height, width]),
      );
      return [layout.flat(e, sum(e, parts), type)];
    },
    avgPool: ({ e, inputs: [x], inputTypes: [type], outputTypes: [out], attributes }) => {
      const window = { ...attributes, dilation: 1 };
      const [, , height, width] = type.dims;
      const dims = layout.dims(type);
      const total = sum(e, taps(e, layout.view(e, x, type), dims, window));
      const mean = e.op('Mul', [total, inverseCounts(e, height, width, window, dims.length - 4)]);
      return [layout.flat(e, mean, out)];
    },
    shift: ({ e, inputs: [x], inputTypes: [type], attributes: { down, right } }) => {
      const moved = shifted(e, layout.view(e, x, type), layout.dims(type), down, right);
      return [layout.flat(e, moved, type)];
    },
    avgPoolGrad: ({ e, inputs: [dy], inputTypes: [type], outputTypes: [out], attributes }) => {
      const window = { ...attributes, dilation: 1 };
      const { height, width } = attributes;
      const dims = layout.dims(type);
      const counts = inverseCounts(e, height, width, window, dims.length - 4);
      const share = e.op('Mul', [layout.view(e, dy, type), counts]);
      const parts = positions(window.kernel).map(position => untap(e, share, dims, window, position, [height, width]));
      return [layout.flat(e, sum(e, parts), out)];
    },
  };
}
