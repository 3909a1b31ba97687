import { type Code, f32x4, i32, local, loop, type WasmFunction } from './wasm.ts';

/**
 * A pass over maps, written for the four numbers at one place and compiled to a loop over all places. Maps lie in segments,
 * one after another, in each of which `[places, lanes]`, and a lane has factors of its own: with images side by side a segment
 * is a channel's plane, with channels side by side an image's.
 */
export interface PassBody {
  /** The numbers of the input map with this index. */
  map(index: number): Code;
  /** Factor of the lanes. */
  factor(index: number): Code;
  /** Computes once what is used more than once. */
  keep(value: Code): Code;
  /** Adds to the lanes' sum with this index. */
  sum(index: number, value: Code): void;
  /** The numbers of the resulting map. */
  store(value: Code): void;
}

export interface PassKernel {
  factors: number;
  sums: number;
  body(pass: PassBody): void;
}

/** Parameters of a compiled kernel, i32 each: addresses in bytes, sizes, and the segments to do. */
export const kernelParameters = [
  'map0',
  'map1',
  'map2',
  'result',
  'factors',
  'sums',
  /** Bytes of a segment. */
  'bytes',
  /** Segments that follow one another with the same factors. */
  'alike',
  /** Sets of factors, taken in turns. */
  'sets',
  'first',
  /** The first segment that is not done. */
  'end',
] as const;

const index = Object.fromEntries(kernelParameters.map((name, i) => [name, i])) as Record<
  (typeof kernelParameters)[number],
  number
>;
const VECTOR = 16;
const MAPS = 3;

/** Compiles a kernel for segments of so many lanes, a multiple of four. */
export function compileKernel(name: string, kernel: PassKernel, lanes: number): WasmFunction {
  const vectors = lanes / 4;
  const { factors, sums } = kernel;
  const get = local.get;
  // Integers: addresses of the maps and the result in this segment, where the segment ends, its factors and sums.
  const firstInteger = kernelParameters.length;
  const [at, end, set] = [firstInteger, firstInteger + MAPS + 1, firstInteger + MAPS + 2];
  const integers = MAPS + 3;
  const firstVector = firstInteger + integers;
  const factorLocal = (which: number, j: number) => firstVector + which * vectors + j;
  const sumLocal = (which: number, j: number) => factorLocal(factors + which, j);
  let nextVector = sumLocal(sums, 0);

  const places: number[] = [];
  for (let j = 0; j < vectors; j++) {
    kernel.body({
      map: which => f32x4.load(get(at + which), j * VECTOR),
      factor: which => get(factorLocal(which, j)),
      keep: value => {
        places.push(...local.set(nextVector, value));
        return get(nextVector++);
      },
      sum: (which, value) => places.push(...local.set(sumLocal(which, j), f32x4.add(get(sumLocal(which, j)), value))),
      store: value => places.push(...f32x4.store(get(at + MAPS), j * VECTOR, value)),
    });
  }
  const offset = i32.multiply(get(index.first), get(index.bytes));
  const each = (count: number, code: (which: number, j: number) => Code) =>
    Array.from({ length: count * vectors }, (_, i) => code(Math.floor(i / vectors), i % vectors)).flat();
  const step = i32.value(lanes * 4);
  const advance = Array.from({ length: MAPS + 1 }, (_, i) => local.set(at + i, i32.add(get(at + i), step))).flat();
  const sumsOf = i32.add(get(index.sums), i32.multiply(get(index.first), i32.value(sums * lanes * 4)));
  const inTurn = i32.remainder(i32.divide(get(index.first), get(index.alike)), get(index.sets));

  const segment = [
    ...Array.from({ length: MAPS + 1 }, (_, i) => local.set(at + i, i32.add(get(index.map0 + i), offset))).flat(),
    ...local.set(end, i32.add(get(at), get(index.bytes))),
    ...local.set(set, i32.add(get(index.factors), i32.multiply(inTurn, i32.value(factors * lanes * 4)))),
    ...each(factors, (which, j) =>
      local.set(factorLocal(which, j), f32x4.load(get(set), (which * vectors + j) * VECTOR)),
    ),
    ...each(sums, (which, j) => local.set(sumLocal(which, j), f32x4.value(0))),
    ...loop([...places, ...advance], i32.lessThan(get(at), get(end))),
    ...local.set(set, sumsOf),
    ...each(sums, (which, j) => f32x4.store(get(set), (which * vectors + j) * VECTOR, get(sumLocal(which, j)))),
    ...local.set(index.first, i32.add(get(index.first), i32.value(1))),
  ];
  const code = loop(segment, i32.lessThan(get(index.first), get(index.end)));
  return { name, parameters: kernelParameters.length, integers, vectors: nextVector - firstVector, code };
}
