import { windowCount } from '../shapes.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';

/**
 * Sliding windows over height and width, which stand at axes 2 and 3 in every layout; the axes around them may be any.
 */
export interface Windowed {
  kernel: number;
  stride: number;
  dilation: number;
  pad: number;
}

/** Puts `value` around height and width; sides below 0 cut off. */
export function padAxes(
  e: OnnxEmitter,
  x: TensorName,
  rank: number,
  sides: readonly [top: number, left: number, bottom: number, right: number],
  value = 0,
): TensorName {
  if (sides.every(side => side === 0)) return x;
  const [top, left, bottom, right] = sides;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[2] = top;
  pads[3] = left;
  pads[rank + 2] = bottom;
  pads[rank + 3] = right;
  return e.op('Pad', [x, e.ints(pads), e.scalar(value)]);
}

/** The tensor moved along height and width within its shape; zeros come in. */
export function shifted(
  e: OnnxEmitter,
  x: TensorName,
  dims: readonly number[],
  down: number,
  right: number,
): TensorName {
  return padAxes(e, x, dims.length, [down, right, -down, -right]);
}

/**
 * One tensor per kernel position, row by row: what each window sees there. `dims` is the physical shape of `x`; each
 * result has the output's height and width in place of it.
 */
export function taps(
  e: OnnxEmitter,
  x: TensorName,
  dims: readonly number[],
  window: Windowed,
  outside = 0,
): TensorName[] {
  const { kernel, stride, dilation, pad } = window;
  const rows = windowCount(dims[2], kernel, stride, pad, dilation);
  const columns = windowCount(dims[3], kernel, stride, pad, dilation);
  const padded = padAxes(e, x, dims.length, [pad, pad, pad, pad], outside);
  const plain = kernel === 1 && stride === 1 && pad === 0;
  return positions(kernel).map(([i, j]) => {
    if (plain) return padded;
    const [top, left] = [i * dilation, j * dilation];
    const ends = [top + (rows - 1) * stride + 1, left + (columns - 1) * stride + 1];
    return e.op('Slice', [padded, e.ints([top, left]), e.ints(ends), e.ints([2, 3]), e.ints([stride, stride])]);
  });
}

/**
 * The transpose of one tap: puts a tensor of window size back at its places in a map of `height` x `width`, zero
 * elsewhere. `dims` is the physical shape of `y`.
 */
export function untap(
  e: OnnxEmitter,
  y: TensorName,
  dims: readonly number[],
  window: Windowed,
  position: readonly [number, number],
  [height, width]: readonly [number, number],
): TensorName {
  const { dilation, pad, stride } = window;
  const { tensor, rows, columns } = spread(e, y, dims, stride);
  const top = position[0] * dilation - pad;
  const left = position[1] * dilation - pad;
  // Negative padding crops: what a window saw outside the map has no place in it.
  return padAxes(e, tensor, dims.length, [top, left, height - rows - top, width - columns - left]);
}

export function positions(kernel: number): [number, number][] {
  return Array.from({ length: kernel * kernel }, (_, at) => [Math.floor(at / kernel), at % kernel]);
}

/**
 * Puts `stride - 1` zeros behind each element along height and width: one Pad, after a free reshape, does both axes.
 */
export function spread(
  e: OnnxEmitter,
  x: TensorName,
  dims: readonly number[],
  stride: number,
): { tensor: TensorName; rows: number; columns: number } {
  const [outer, channels, h, w, ...inner] = dims;
  const [rows, columns] = [h * stride, w * stride];
  if (stride === 1) return { tensor: x, rows, columns };
  const last = inner.reduce((product, dim) => product * dim, 1);
  const apart = e.op('Pad', [
    e.reshape(x, [outer * channels, h, 1, w, 1, last]),
    e.ints([0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1, 0]),
    e.scalar(0),
  ]);
  return { tensor: e.reshape(apart, [outer, channels, rows, columns, ...inner]), rows, columns };
}

/** For each window the number of its elements that lie inside the map: `[rows * columns]`, row by row. */
export function insideCounts(height: number, width: number, window: Windowed): number[] {
  const { kernel, stride, pad } = window;
  const along = (size: number) =>
    Array.from({ length: windowCount(size, kernel, stride, pad) }, (_, at) => {
      const from = at * stride - pad;
      return Math.min(from + kernel, size) - Math.max(from, 0);
    });
  return along(height).flatMap(rows => along(width).map(columns => rows * columns));
}
