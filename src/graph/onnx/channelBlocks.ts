import { channelOrder } from './channelOrder.ts';
import { channelProducts } from './channelProducts.ts';
import { sumRows } from './elementwise.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { imageConvolutions } from './imageConvolutions.ts';
import { blockedPasses, type Passes, type Planes, rowPasses } from './passes.ts';
import { borderByBlocks, convolution, type PlaneKernels } from './planes.ts';

/**
 * The blocked kernels with channels side by side, for any batch: maps lie in the kernels' own order (`channelOrder.ts`)
 * between models and, as far as the kernels can do what is to be done, within: 1x1 convolutions too (`channelProducts.ts`).
 * For all else they are brought into channel-major order with images outermost within a channel, and back.
 *
 * Numbers where channels are missing to a block are 0 in whatever comes in, and in gradients; an activation may make something else
 * of them, which weights of 0 then take out.
 */
export function channelBlockedPlanes(block: number): PlaneKernels {
  const order = channelOrder(block);
  const { whole, shape, load, store, resident } = order;
  const products = channelProducts(order);
  const accepts = ({ channels }: Planes) => order.accepts(channels);
  return {
    name: 'channelBlocks',
    block: 1,
    lanes: block,
    accepts,
    shape,
    load,
    store,
    resident,
    repeat: (e, weights, { channels }, kernel) =>
      e.reshape(order.lanes(e, weights, [channels, kernel * kernel]), [whole(channels), 1, kernel, kernel]),
    gather: (e, kernels, { channels, images }, kernel) => {
      const all = whole(channels);
      const lanes = e.reshape(sumRows(e, kernels, [images, all * kernel * kernel]), [1, all, kernel, kernel]);
      return e.reshape(e.op('ReorderOutput', [lanes], { channels }, NCHWC), [channels, 1, kernel, kernel]);
    },
    convolve: convolution(NCHWC),
    border: borderByBlocks(block),
    // Where one of the maps lies in the kernels' order anyway, the others are brought there; else rows are cut into lanes.
    passes: (e, maps, planes) => {
      if (maps.some(map => resident(e, map))) {
        const operands = maps.map(map => load(e, map, planes));
        return channelPasses(e, operands, planes);
      }
      const columns = planes.images * planes.height * planes.width;
      if (columns % block !== 0) return rowPasses(e, maps);
      const cut = { channels: planes.channels, images: block, height: columns / block, width: 1 };
      const plain = [1, cut.channels * block, cut.height, 1];
      const operands = maps.map(map => e.reshape(map, plain));
      return blockedPasses(e, operands, cut, operand => e.reshape(operand, [planes.channels, columns], plain));
    },
    sumPlanes: (e, map, { channels, images, height, width }) => {
      const operand = resident(e, map);
      if (operand === undefined) return undefined;
      const means = e.reshape(e.op('GlobalAveragePool', [operand], {}, NCHWC), [images, whole(channels)]);
      const byChannel = order.cut(e, e.op('Transpose', [means], { perm: [1, 0] }), channels);
      return e.op('Mul', [byChannel, e.scalar(height * width)]);
    },
    fillPlanes: (e, vectors, planes) => {
      if (!order.between(planes)) return undefined;
      const { channels, images, height, width } = planes;
      const byImage = e.op('Transpose', [order.fill(e, vectors, channels)], { perm: [1, 0] });
      const lanes = e.reshape(byImage, [images, whole(channels) / block, 1, block]);
      const operand = e.op('Expand', [lanes, e.ints([images, whole(channels) / block, height * width, block])]);
      return store(e, e.reshape(operand, shape(planes)), planes);
    },
    between: planes =>
      order.between(planes)
        ? {
            dims: shape(planes),
            give: (e, map) => load(e, map, planes),
            take: (e, operand) => store(e, operand, planes),
          }
        : undefined,
    lanesBetween: planes => {
      if (!order.between(planes)) return undefined;
      const { channels, images, height, width } = planes;
      const sets = whole(channels) / block;
      const places = height * width;
      return { channels, lanes: block, places, segments: images * sets, alike: 1, sets, perSet: 'lanes' };
    },
    orderBetween: planes => (order.between(planes) ? order.places(planes) : undefined),
    products,
    convolutions: others => imageConvolutions(order, products, others),
  };

  function channelPasses(e: OnnxEmitter, operands: readonly TensorName[], planes: Planes): Passes {
    const { channels, images, height, width } = planes;
    const all = whole(channels);
    const count = images * all;
    const how = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
    return {
      operands,
      mean: x => order.mean(e, x, planes),
      dot: (a, b) => {
        const inputs = [e.reshape(a, [1, count, height, width]), e.reshape(b, [count, 1, height, width])];
        const products = e.op('Conv', inputs, { ...how, group: count }, NCHWC);
        return order.cut(e, e.reshape(sumRows(e, products, [images, all]), [all, 1]), channels);
      },
      affine: (x, [scale, shift], added) => {
        const factors = [scale, shift].map(one => order.fill(e, one, channels));
        const inputs = [x, e.reshape(factors[0], [all, 1, 1, 1]), e.reshape(factors[1], [all])];
        if (added !== undefined) inputs.push(added);
        return store(e, e.op('Conv', inputs, { ...how, group: all }, NCHWC), planes);
      },
    };
  }
}
