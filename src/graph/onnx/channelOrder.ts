import { sumRows } from './elementwise.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import type { Planes } from './passes.ts';
import type { MapOrder } from './rule.ts';

/** The blocked kernels' own order of a map, `[N, C/B, H, W, B]`: channels side by side, and zeros for what is missing to a block. */
export interface ChannelOrder {
  block: number;
  /** Whether onnxruntime can bring a map of so many channels into this order and back. */
  accepts(channels: number): boolean;
  /** Channels filled up with zeros to whole blocks. */
  whole(channels: number): number;
  /** Whether such a map lies in this order between models; vectors by image, such as logits, do not. */
  between(planes: Planes): boolean;
  places(planes: Planes): MapOrder;
  /** Shape of an operand of the kernels. */
  shape(planes: Planes): [images: number, channels: number, height: number, width: number];
  load(e: OnnxEmitter, map: TensorName, planes: Planes): TensorName;
  store(e: OnnxEmitter, operand: TensorName, planes: Planes): TensorName;
  /** The operand behind a map that `store` wrote. */
  resident(e: OnnxEmitter, map: TensorName): TensorName | undefined;
  /** A map as `[N, C, H, W]`. */
  byImage(e: OnnxEmitter, map: TensorName, planes: Planes): TensorName;
  /** A column `[C, 1]` with zeros up to whole blocks, and back. */
  fill(e: OnnxEmitter, column: TensorName, channels: number): TensorName;
  cut(e: OnnxEmitter, column: TensorName, channels: number): TensorName;
  /** Mean over images and places of an operand, `[C, 1]`. */
  mean(e: OnnxEmitter, operand: TensorName, planes: Planes): TensorName;
  /** A matrix `[C, K]` as `[C/B, K, B]`: how the kernels want weights by output channel. */
  lanes(e: OnnxEmitter, matrix: TensorName, dims: readonly [channels: number, columns: number]): TensorName;
  /** A matrix `[R, C]` of whole blocks as `[C/B, R, B]`: its columns side by side. */
  columnLanes(e: OnnxEmitter, matrix: TensorName, dims: readonly [rows: number, columns: number]): TensorName;
}

const EXCHANGED = [1, 0, 2, 3];

export function channelOrder(block: number): ChannelOrder {
  const whole = (channels: number) => Math.ceil(channels / block) * block;
  // onnxruntime 1.30 reorders channels by fours.
  const accepts = (channels: number) => channels % 4 === 0;
  const resident = (e: OnnxEmitter, map: TensorName): TensorName | undefined => {
    const made = e.producer(map);
    if (made?.type === 'ReorderOutput') return made.inputs[0];
    const moved = made?.type === 'Transpose' && String(made.attributes.perm) === String(EXCHANGED);
    return moved || made?.type === 'Reshape' ? resident(e, made.inputs[0]) : undefined;
  };
  /** From channels outermost to images outermost or back; a single image lies the same either way. */
  const exchange = (e: OnnxEmitter, map: TensorName, images: number) =>
    images === 1 ? map : e.op('Transpose', [map], { perm: EXCHANGED });
  const byImage = (e: OnnxEmitter, map: TensorName, { channels, images, height, width }: Planes) => {
    const operand = resident(e, map);
    if (operand !== undefined) return e.op('ReorderOutput', [operand], { channels }, NCHWC);
    if (images === 1 || channels === 1) return e.reshape(map, [images, channels, height, width]);
    return exchange(e, e.reshape(map, [channels, images, height, width]), images);
  };
  const cut = (e: OnnxEmitter, column: TensorName, channels: number) =>
    channels === whole(channels) ? column : e.op('Slice', [column, e.ints([0]), e.ints([channels]), e.ints([0])]);
  return {
    block,
    accepts,
    whole,
    between: ({ channels, height, width }) => accepts(channels) && height * width > 1,
    places: ({ channels, images, height, width }) => {
      const area = height * width;
      const places = Uint32Array.from({ length: images * channels * area }, (_, i) => {
        const [image, channel, place] = [Math.floor(i / (channels * area)), Math.floor(i / area) % channels, i % area];
        const first = image * whole(channels) + channel - (channel % block);
        return first * area + place * block + (channel % block);
      });
      return { places, size: images * whole(channels) * area };
    },
    shape: ({ channels, images, height, width }) => [images, whole(channels), height, width],
    load: (e, map, planes) => resident(e, map) ?? e.op('ReorderInput', [byImage(e, map, planes)], {}, NCHWC),
    store: (e, operand, { channels, images, height, width }) => {
      const plain = e.op('ReorderOutput', [operand], { channels }, NCHWC);
      const lying = images === 1 ? [1, channels, height, width] : [channels, images, height, width];
      return e.reshape(exchange(e, plain, images), [channels, images * height * width], lying);
    },
    resident,
    byImage,
    fill: (e, column, channels) =>
      channels === whole(channels)
        ? column
        : e.op('Pad', [column, e.ints([0, 0, whole(channels) - channels, 0]), e.scalar(0)]),
    cut,
    mean: (e, operand, { channels, images }) => {
      const means = e.op('GlobalAveragePool', [operand], {}, NCHWC);
      const all = whole(channels);
      return cut(e, e.reshape(sumRows(e, means, [images, all], 1 / images), [all, 1]), channels);
    },
    lanes: (e, matrix, [channels, columns]) =>
      e.op('ReorderInput', [e.reshape(matrix, [1, channels, 1, columns])], {}, NCHWC),
    columnLanes: (e, matrix, [rows, columns]) =>
      e.op('ReorderInput', [e.reshape(matrix, [1, rows, 1, columns])], { channels_last: 1 }, NCHWC),
  };
}
