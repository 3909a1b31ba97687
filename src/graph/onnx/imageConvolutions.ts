import { elements, map, type ValueType } from '../types.ts';
import type { ChannelOrder } from './channelOrder.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { planesOf } from './passes.ts';
import type { Convolutions } from './planes.ts';
import type { Products } from './products.ts';

/** Most weights of an output channel for which windows are gathered by a convolution: its work grows with their square. */
const MOST_WEIGHTS = 64;

/**
 * Regular convolutions of images: maps with fewer channels than a block, which the blocked kernels read as `[N, C, H, W]`. Their
 * windows, for the gradient by weights, are what a convolution with the identity makes of them, in one pass over all threads
 * instead of a Slice each. Everything else is left to `others`.
 */
export function imageConvolutions(order: ChannelOrder, { outer }: Products, others: Convolutions): Convolutions {
  const { block } = order;
  /** Whether the kernels can do such a convolution to `out` channels. */
  const suits = (type: ValueType, kernel: number, groups: number, out: number) =>
    kernel > 1 && groups === 1 && type.dims[1] < block && order.accepts(out);
  const convolve = (
    e: OnnxEmitter,
    x: TensorName,
    type: ValueType,
    weights: TensorName,
    out: ValueType,
    { stride, dilation, pad }: { stride: number; dilation: number; pad: number },
  ) => {
    const how = { group: 1, strides: [stride, stride], dilations: [dilation, dilation], pads: [pad, pad, pad, pad] };
    const y = e.op('Conv', [order.byImage(e, x, planesOf(type)), weights], how, NCHWC);
    return order.store(e, y, planesOf(out));
  };
  return {
    ...others,
    conv2d: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [[x, w, bias], [type, wType], [out]] = [inputs, inputTypes, outputTypes];
      const [outputs, channels, kernel] = wType.dims;
      if (!suits(type, kernel, attributes.groups, outputs)) return others.conv2d(context);
      const lanes = order.lanes(e, w, [outputs, elements(wType) / outputs]);
      const weights = e.reshape(lanes, [order.whole(outputs), channels, kernel, kernel]);
      const y = convolve(e, x, type, weights, out, attributes);
      return [bias === undefined ? y : e.op('Add', [y, bias])];
    },
    conv2dWeightGrad: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [[x, dy], [type, dyType], [out]] = [inputs, inputTypes, outputTypes];
      const [outputs, channels, kernel] = out.dims;
      const size = elements(out) / outputs;
      if (size > MOST_WEIGHTS || !suits(type, kernel, attributes.groups, outputs))
        return others.conv2dWeightGrad(context);
      const rows = Math.ceil(size / 4) * 4;
      const [images, , height, width] = dyType.dims;
      const seen = map(images, rows, height, width);
      const all = order.whole(rows);
      const identity = e.floats(identityOf(size, all, block), [all, channels, kernel, kernel]);
      const windows = { map: convolve(e, x, type, identity, seen, attributes), type: seen };
      const product = outer(e, { map: dy, type: dyType }, windows);
      const there = e.op('Slice', [product, e.ints([0]), e.ints([size]), e.ints([1])]);
      return [e.reshape(size === rows ? product : there, out.dims)];
    },
  };
}

/** The identity of `size` as weights by output channel in blocks, `[all / block, size, block]`. */
function identityOf(size: number, all: number, block: number): Float32Array {
  const weights = new Float32Array(all * size);
  for (let i = 0; i < size; i++) weights[(Math.floor(i / block) * size + i) * block + (i % block)] = 1;
  return weights;
}
