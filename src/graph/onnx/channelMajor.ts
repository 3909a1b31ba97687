import type { ValueType } from '../types.ts';
import { batchNormRules } from './batchNorm.ts';
import { depthwiseRules } from './depthwise.ts';
import { matMul } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import { type Planes, planesOf } from './passes.ts';
import type { Convolutions, PlaneKernels } from './planes.ts';
import { pointwiseNormRules } from './pointwiseNorm.ts';
import { poolingRules } from './pooling.ts';
import { residentRules } from './resident.ts';
import type { Lowering, LoweringRules, MapOrder } from './rule.ts';
import { spread, taps } from './windows.ts';

/**
 * The channel-major lowering: a map of logical shape `[N, C, H, W]` lies as `[C, N/B, H, W, B]`, B images side by side,
 * and is passed around as the matrix `[C, M]`, `M = N H W`. A 1x1 convolution is then one matrix product, batch-norm
 * statistics are row sums, and with B the processor's native block a depthwise convolution runs over B images at once.
 */
export type ChannelMajorLayout = Pick<PlaneKernels, 'block'>;

/** Physical shape `[C, N/B, H, W, B]` of a map. */
function physical({ block }: ChannelMajorLayout, { dims: [n, c, h, w] }: ValueType): number[] {
  return [c, n / block, h, w, block];
}

const matrix = ({ dims: [n, c, h, w] }: ValueType) => [c, n * h * w];
type Filter = { kernel: number; stride: number; groups: number; pad: number };
const isPointwise = ({ kernel, stride, groups, pad }: Filter) =>
  kernel === 1 && stride === 1 && groups === 1 && pad === 0;
const rowSum = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([1])], { keepdims: 1 });

/** @param layout the kernels for depthwise convolutions, and with them the block B, which must divide the batch */
export function channelMajorLowering(layout: PlaneKernels): Lowering {
  const windowed = convolutionRules(layout);
  const dims = (type: ValueType) => physical(layout, type);
  const view = (e: OnnxEmitter, x: TensorName, type: ValueType) => e.reshape(x, dims(type));
  const flat = (e: OnnxEmitter, x: TensorName, type: ValueType) => e.reshape(x, matrix(type));
  return {
    name: `channelMajor ${layout.name} ${layout.block}`,
    mapDims: ([n, c, h, w]) => [c, n * h * w],
    // A vector by channel is a column, as broadcasting along a row wants it.
    arrayDims: dims => (dims.length === 1 ? [dims[0], 1] : [...dims]),
    between: type => layout.between?.(planesOf(type)),
    lanes: type => layout.lanesBetween?.(planesOf(type)),
    order: ([images, channels, height, width]) => {
      const planes = { images, channels, height, width };
      return layout.orderBetween?.(planes) ?? channelMajorOrder(layout.block, planes);
    },
    rules: {
      ...residentRules(layout),
      ...poolingRules({ dims, view, flat }),
      ...batchNormRules((e, type, maps) => layout.passes(e, maps, planesOf(type))),
      ...pointwiseNormRules(layout.products),
      ...depthwiseRules(layout, layout.convolutions?.(windowed) ?? windowed),
      biasGrad: ({ e, inputs: [dy] }) => [rowSum(e, dy)],
      scaleByChannel: ({ e, inputs }) => [e.op('Mul', inputs)],
      ...structureRules(layout),
      ...lossRules,
    },
  };
}

/** Regular and grouped convolutions: the windows gathered as rows of a matrix, then one product per group. */
function convolutionRules(layout: Pick<PlaneKernels, 'block' | 'products'>): Convolutions {
  type Window = { stride: number; dilation: number; pad: number; groups: number; kernel: number };

  /** `[groups, k k C/groups, M']` (without the first axis for one group), rows ordered by place, then channel. */
  const gather = (e: OnnxEmitter, x: TensorName, xDims: readonly number[], columns: number, window: Window) => {
    const { groups, kernel } = window;
    const parts = taps(e, x, xDims, window);
    const perGroup = xDims[0] / groups;
    if (groups === 1) {
      const rows = parts.map(part => e.reshape(part, [xDims[0], columns]));
      return rows.length === 1 ? rows[0] : e.op('Concat', rows, { axis: 0 });
    }
    const rows = parts.map(part => e.reshape(part, [groups, perGroup, columns]));
    return rows.length === 1
      ? rows[0]
      : e.reshape(e.op('Concat', rows, { axis: 1 }), [groups, kernel * kernel * perGroup, columns]);
  };
  /** Weights `[O, I, k, k]` as `[groups, O/groups, k k I]` (or `[O, k k I]`), matching `gather`. */
  const asMatrix = (e: OnnxEmitter, w: TensorName, [o, i, k]: readonly number[], groups: number) => {
    const rows = k === 1 ? w : e.op('Transpose', [w], { perm: [0, 2, 3, 1] });
    return e.reshape(rows, groups === 1 ? [o, k * k * i] : [groups, o / groups, k * k * i]);
  };
  return {
    conv2d: ({ e, inputs: [x, w, bias], inputTypes: [type, wType], outputTypes: [out], attributes }) => {
      const window = { ...attributes, kernel: wType.dims[2] };
      if (isPointwise(window)) {
        const y = layout.products.apply(e, { map: x, type, weights: asMatrix(e, w, wType.dims, 1) }, out);
        return [bias === undefined ? y : e.op('Add', [y, bias])];
      }
      const [, columns] = matrix(out);
      const rows = gather(e, e.reshape(x, physical(layout, type)), physical(layout, type), columns, window);
      const { groups } = attributes;
      const product = matMul(e, asMatrix(e, w, wType.dims, groups), rows);
      const y = e.reshape(product, matrix(out), groups === 1 ? matrix(out) : undefined);
      return [bias === undefined ? y : e.op('Add', [y, bias])];
    },
    // The gradient spread out by the stride, convolved with the kernel turned around and its channels exchanged.
    conv2dInputGrad: ({ e, inputs: [dy, w], inputTypes: [type, wType], outputTypes: [out], attributes }) => {
      const { groups, dilation, pad, height, width, stride } = attributes;
      const [o, i, k] = wType.dims;
      if (isPointwise({ kernel: k, stride, groups, pad })) {
        const weights = asMatrix(e, w, wType.dims, 1);
        return [layout.products.apply(e, { map: dy, type, weights, transposed: true }, out)];
      }
      if (k === 1 && stride === 1) {
        const rows = e.reshape(dy, [groups, o / groups, -1]);
        return [e.reshape(matMul(e, asMatrix(e, w, wType.dims, groups), rows, { transA: 1 }), matrix(out))];
      }
      const [channels, blocks, , , inner] = physical(layout, type);
      const apart = spread(e, e.reshape(dy, physical(layout, type)), physical(layout, type), stride);
      const lead = dilation * (k - 1) - pad;
      const padded = e.op('Pad', [
        apart.tensor,
        e.ints([0, 0, lead, lead, 0, 0, 0, height + pad - apart.rows, width + pad - apart.columns, 0]),
        e.scalar(0),
      ]);
      const size = [channels, blocks, height + dilation * (k - 1), width + dilation * (k - 1), inner];
      const window = { stride: 1, dilation, pad: 0, groups, kernel: k };
      const rows = gather(e, padded, size, matrix(out)[1], window);
      const turned = e.op(
        'Gather',
        [
          e.reshape(w, [groups, o / groups, i, k * k]),
          e.ints(Array.from({ length: k * k }, (_, at) => k * k - 1 - at)),
        ],
        { axis: 3 },
      );
      const exchanged = e.op('Transpose', [turned], { perm: [0, 2, 3, 1] });
      const shape = groups === 1 ? [i, (k * k * o) / groups] : [groups, i, (k * k * o) / groups];
      return [e.reshape(matMul(e, e.reshape(exchanged, shape), rows), matrix(out))];
    },
    conv2dWeightGrad: ({ e, inputs: [x, dy], inputTypes: [type, dyType], outputTypes: [out], attributes }) => {
      const { groups, kernel } = attributes;
      const [o, i] = out.dims;
      if (isPointwise(attributes)) {
        const product = layout.products.outer(e, { map: dy, type: dyType }, { map: x, type });
        return [e.reshape(product, out.dims)];
      }
      const [, columns] = matrix(dyType);
      const rows = gather(e, e.reshape(x, physical(layout, type)), physical(layout, type), columns, attributes);
      const gradient = groups === 1 ? dy : e.reshape(dy, [groups, o / groups, columns]);
      const product = e.reshape(matMul(e, gradient, rows, { transB: 1 }), [o, kernel, kernel, i]);
      return [kernel === 1 ? e.reshape(product, out.dims) : e.op('Transpose', [product], { perm: [0, 3, 1, 2] })];
    },
  };
}

/** Operators that move or join parts of maps. */
function structureRules(
  layout: Pick<PlaneKernels, 'block' | 'sumPlanes' | 'fillPlanes'>,
): LoweringRules<'scaleChannels' | 'concat' | 'sliceChannels' | 'padChannels' | 'sumSpatial' | 'broadcastSpatial'> {
  /** `[C, N/B, H W, B]`: height and width as one axis. */
  const places = (type: ValueType) => {
    const [c, blocks, h, w, inner] = physical(layout, type);
    return [c, blocks, h * w, inner];
  };
  return {
    scaleChannels: ({ e, inputs: [x, s], inputTypes: [type, sType] }) => [
      e.reshape(e.op('Mul', [e.reshape(x, places(type)), e.reshape(s, places(sType))]), matrix(type)),
    ],
    concat: ({ e, inputs }) => [e.op('Concat', inputs, { axis: 0 })],
    sliceChannels: ({ e, inputs: [x], attributes: { from, to } }) => [
      e.op('Slice', [x, e.ints([from]), e.ints([to]), e.ints([0])]),
    ],
    padChannels: ({ e, inputs: [dy], inputTypes: [type], attributes: { from, channels } }) => [
      e.op('Pad', [dy, e.ints([from, 0, channels - from - type.dims[1], 0]), e.scalar(0)]),
    ],
    sumSpatial: ({ e, inputs: [x], inputTypes: [type], outputTypes: [out], attributes: { scale } }) => {
      const resident = layout.sumPlanes?.(e, x, planesOf(type));
      if (resident !== undefined) return [e.op('Mul', [resident, e.scalar(scale)])];
      const sum = e.op('ReduceSum', [e.reshape(x, places(type)), e.ints([2])], { keepdims: 0 });
      return [e.reshape(e.op('Mul', [sum, e.scalar(scale)]), matrix(out))];
    },
    broadcastSpatial: ({ e, inputs: [x], inputTypes: [type], outputTypes: [out], attributes: { scale } }) => {
      const vectors = e.op('Mul', [x, e.scalar(scale)]);
      const everywhere = layout.fillPlanes?.(e, vectors, planesOf(out));
      if (everywhere !== undefined) return [everywhere];
      const scaled = e.reshape(vectors, places(type));
      return [e.reshape(e.op('Expand', [scaled, e.ints(places(out))]), matrix(out))];
    },
  };
}

/** Logits come as `[K, N]`; with height and width 1 the images are in order whatever the block. */
const lossRules: LoweringRules<'softmaxCrossEntropy' | 'softmaxCrossEntropyGrad'> = {
  softmaxCrossEntropy: ({ e, inputs: [logits, targets], inputTypes: [type], outputDims: [dims] }) => {
    const across = e.op('Transpose', [targets], { perm: [1, 0] });
    const products = e.op('Mul', [e.op('LogSoftmax', [logits], { axis: 0 }), across]);
    const total = e.op('ReduceSum', [products], { keepdims: 0 });
    const loss = e.reshape(e.op('Mul', [total, e.scalar(-1 / type.dims[0])]), dims);
    return [loss, e.op('Softmax', [logits], { axis: 0 })];
  },
  softmaxCrossEntropyGrad: ({ e, inputs: [probabilities, targets], inputTypes: [type] }) => {
    const across = e.op('Transpose', [targets], { perm: [1, 0] });
    return [e.op('Mul', [e.op('Sub', [probabilities, across]), e.scalar(1 / type.dims[0])])];
  },
};

function channelMajorOrder(block: number, { images, channels, height, width }: Planes): MapOrder {
  const area = height * width;
  const places = new Uint32Array(images * channels * area);
  let at = 0;
  for (let image = 0; image < images; image++) {
    const start = Math.floor(image / block) * area * block + (image % block);
    for (let channel = 0; channel < channels; channel++) {
      const from = channel * images * area + start;
      for (let place = 0; place < area; place++) places[at++] = from + place * block;
    }
  }
  return { places, size: places.length };
}
