import { elements, type ValueType } from '../types.ts';
import type { ChannelOrder } from './channelOrder.ts';
import { matMul, sumRows } from './elementwise.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { planesOf } from './passes.ts';
import { matrixProducts, type Product, type Products, type TypedMap } from './products.ts';

const channelsOf = ({ dims }: ValueType) => dims[1];
const still = { group: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

/**
 * Products by the blocked kernels, where a map lies in their order or the result is the wider one and will be needed in
 * it: only narrow maps are then reordered, and the kernels add what is added on the way and do the activation.
 */
export function channelProducts(order: ChannelOrder): Products {
  const resides = (e: OnnxEmitter, { map }: TypedMap) => order.resident(e, map) !== undefined;

  /** Weights `[O, I]` as the kernels want them, `[O/B, I/B, B of I, B of O]`. */
  const filter = (e: OnnxEmitter, weights: TensorName, [out, input]: readonly number[], transposed: boolean) => {
    const all = [order.whole(out), order.whole(input)];
    // Rows of `[O, I]` are filled up by reordering.
    const sides = transposed ? [all[1] - input, all[0] - out] : [0, all[1] - input];
    const pads = [0, 0, ...sides];
    const filled = pads.every(pad => pad === 0) ? weights : e.op('Pad', [weights, e.ints(pads), e.scalar(0)]);
    const lanes = transposed ? order.columnLanes(e, filled, [all[1], all[0]]) : order.lanes(e, filled, [out, all[1]]);
    return e.reshape(lanes, [...all, 1, 1]);
  };
  const columns = (e: OnnxEmitter, weights: TensorName, from: number, to: number) =>
    e.op('Slice', [weights, e.ints([from]), e.ints([to]), e.ints([1])]);

  /** `W x (+ bias) (+ added)` as an operand. */
  const convolve = (e: OnnxEmitter, product: Product, out: ValueType, added?: TensorName) => {
    const { map, type, weights, transposed = false, ones, bias } = product;
    const [input, output] = [channelsOf(type), channelsOf(out)];
    const plain = ones ? columns(e, weights, 0, input) : weights;
    const column = ones ? columns(e, weights, input, input + 1) : bias;
    const inputs = [order.load(e, map, planesOf(type)), filter(e, plain, [output, input], transposed)];
    if (column !== undefined) inputs.push(e.reshape(order.fill(e, column, output), [order.whole(output)]));
    else if (added !== undefined) inputs.push('');
    if (added !== undefined) inputs.push(added);
    return e.op('Conv', inputs, still, NCHWC);
  };

  return {
    apply: (e, product, out, less) => {
      const products = less ? [product, less] : [product];
      // Of a vector by image there is nothing to be gained for the order of the weights.
      if (out.dims[2] * out.dims[3] === 1) return matrixProducts.apply(e, product, out, less);
      const known = [out, ...products.map(({ type }) => type)].every(type => order.accepts(channelsOf(type)));
      const pays = products.some(one => resides(e, one)) || channelsOf(out) > channelsOf(product.type);
      if (!known || !pays) return matrixProducts.apply(e, product, out, less);
      const taken = less && convolve(e, { ...less, weights: e.op('Neg', [less.weights]) }, out);
      return order.store(e, convolve(e, product, out, taken), planesOf(out));
    },
    outer: (e, a, b, how = {}) => {
      const { alpha = 1, ones = false } = how;
      const { height, width } = planesOf(a.type);
      const narrower = Math.min(channelsOf(a.type), channelsOf(b.type));
      // Image by image nothing needs to be brought together, but each image gives a whole matrix that is to be added.
      const byImage = 2 * height * width >= narrower && (resides(e, a) || resides(e, b));
      const rows = ({ map, type }: TypedMap) =>
        e.reshape(order.byImage(e, map, planesOf(type)), [type.dims[0], channelsOf(type), height * width]);
      const size = [channelsOf(a.type), channelsOf(b.type)];
      const images = () =>
        sumRows(e, matMul(e, rows(a), rows(b), { transB: 1, alpha }), [a.type.dims[0], size[0] * size[1]]);
      const product = byImage ? e.reshape(images(), size) : matMul(e, a.map, b.map, { transB: 1, alpha });
      return ones ? e.op('Concat', [product, sums(e, a, alpha)], { axis: 1 }) : product;
    },
  };

  /** `alpha` times the sum over all places, by channel: `[C, 1]`. */
  function sums(e: OnnxEmitter, { map, type }: TypedMap, alpha: number): TensorName {
    const operand = order.resident(e, map);
    const channels = channelsOf(type);
    const mean =
      operand === undefined
        ? e.op('ReduceMean', [map], { axes: [1], keepdims: 1 })
        : order.mean(e, operand, planesOf(type));
    return e.op('Mul', [mean, e.scalar((alpha * elements(type)) / channels)]);
  }
}
