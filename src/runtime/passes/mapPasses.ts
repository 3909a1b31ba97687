import type { MapLanes } from '../../graph/onnx/rule.ts';
import { allocate, allocateShared, memoryOf } from '../memory.ts';
import { type PassName, passKernels } from './kernels.ts';
import { passRunner } from './threads.ts';

/** Numbers that passes have room for: factors of all sets, sums and maps from elsewhere of as many segments as fit. */
const ROOM = { factors: 2 ** 18, sums: 2 ** 19, maps: 2 ** 22 };

/** Most maps and factors of a pass, and lanes of the widest blocked kernels. */
const [MOST_MAPS, MOST_FACTORS, MOST_LANES] = [4, 4, 16];

/** `all` is what holds the place of the others. */
type Room = Record<keyof typeof ROOM | 'all', Float32Array> & { memory: WebAssembly.Memory };

/** Room in a memory for all passes of this process, as they run one after another. */
const rooms = new Map<WebAssembly.Memory, Room>();

/** Passes over maps that lie in lanes, for what onnxruntime would take several passes by single operators. */
export class MapPasses {
  constructor(private readonly threads: number) {}

  /** Memory for a map, the caller's to release. */
  newMap({ segments, places, lanes }: MapLanes): Float32Array {
    return allocate(segments * places * lanes);
  }

  /**
   * Runs a pass, over all segments at once, or, where maps do not lie in one memory, over as many as there is room for, one
   * lot after another.
   * @param factors `[factor][channel]`
   * @param result the map that comes out, where one does; it may be one of those that go in
   * @returns sums by channel over images and places, `[sum][channel]`
   */
  run(
    kernel: PassName,
    lanes: MapLanes,
    maps: readonly Float32Array[],
    factors: readonly Float64Array[] = [],
    result?: Float32Array,
  ): Float64Array[] {
    const { sums: count } = passKernels[kernel];
    const sums = Array.from({ length: count }, () => new Float64Array(lanes.channels));
    const arrays = result ? [...maps, result] : maps;
    const room = roomFor(arrays);
    const { memory } = room;
    const isForeign = (array: Float32Array) => memoryOf(array) !== memory;
    spread(factors, lanes, room.factors);
    const size = lanes.places * lanes.lanes;
    const sumsOfOne = count * lanes.lanes;
    const foreign = [...new Set(arrays)].filter(isForeign);
    const atOnce = Math.min(
      lanes.segments,
      sumsOfOne ? Math.floor(room.sums.length / sumsOfOne) : lanes.segments,
      foreign.length ? Math.floor(room.maps.length / foreign.length / size) : lanes.segments,
    );
    if (atOnce === 0) throw new Error(`runtime: a pass has no room for a plane of ${lanes.places} places`);
    const runPass = passRunner(memory, lanes.lanes, this.threads);
    for (let first = 0; first < lanes.segments; first += atOnce) {
      const end = Math.min(first + atOnce, lanes.segments);
      const { maps: staged } = room;
      // Addresses of segment 0, which for what is staged is not there.
      const addresses = arrays.map(array => {
        if (!isForeign(array)) return array.byteOffset;
        const at = foreign.indexOf(array) * atOnce * size;
        if (maps.includes(array)) staged.set(array.subarray(first * size, end * size), at);
        return staged.byteOffset + (at - first * size) * 4;
      });
      const [map0, map1 = 0, map2 = 0] = addresses;
      runPass(kernel, {
        map0,
        map1,
        map2,
        result: result ? addresses[maps.length] : 0,
        factors: room.factors.byteOffset,
        sums: room.sums.byteOffset - first * sumsOfOne * 4,
        bytes: size * 4,
        alike: lanes.alike,
        sets: lanes.sets,
        first,
        end,
      });
      if (result && foreign.includes(result)) {
        const at = foreign.indexOf(result) * atOnce * size;
        result.set(staged.subarray(at, at + (end - first) * size), first * size);
      }
      addUp(sums, room.sums, lanes, first, end);
    }
    return sums;
  }
}

/** Whether passes have room for such a map wherever it lies. */
export function fitsPasses({ channels, places, lanes }: MapLanes): boolean {
  return channels * MOST_FACTORS * MOST_LANES <= ROOM.factors && MOST_MAPS * places * lanes <= ROOM.maps;
}

/** Whether there is memory for passes; where there is none, operators have to do. */
export function canRunPasses(): boolean {
  return rooms.size > 0 || reserve() !== undefined;
}

/** Room in the memory that all arrays lie in, else wherever there is some. */
function roomFor(arrays: readonly Float32Array[]): Room {
  const [first, ...others] = new Set(arrays.map(memoryOf));
  const common = others.length === 0 ? first : undefined;
  const [elsewhere] = rooms.values();
  const found = (common && (rooms.get(common) ?? reserve(common))) ?? elsewhere ?? reserve();
  if (!found) throw new Error('runtime: no memory for passes over maps');
  return found;
}

function reserve(wanted?: WebAssembly.Memory): Room | undefined {
  const { factors, sums, maps } = ROOM;
  const all = allocateShared(factors + sums + maps, wanted);
  const memory = all && memoryOf(all);
  if (!memory) return undefined;
  const room = {
    memory,
    all,
    factors: all.subarray(0, factors),
    sums: all.subarray(factors, factors + sums),
    maps: all.subarray(factors + sums),
  };
  rooms.set(memory, room);
  return room;
}

/** Factors by channel into the lanes of every set; 0 for channels that are not there. */
function spread(factors: readonly Float64Array[], { sets, lanes, perSet }: MapLanes, into: Float32Array): void {
  const next = factors.length * lanes;
  factors.forEach((factor, which) => {
    for (let set = 0, at = which * lanes; set < sets; set++, at += next) {
      const first = set * lanes;
      if (perSet === 1) into.fill(factor[set], at, at + lanes);
      else
        for (let lane = 0; lane < lanes; lane++)
          into[at + lane] = first + lane < factor.length ? factor[first + lane] : 0;
    }
  });
}

/** Adds what segments gave for their lanes to the sums by channel. */
function addUp(
  sums: readonly Float64Array[],
  partial: Float32Array,
  { lanes, alike, sets, perSet, channels }: MapLanes,
  first: number,
  end: number,
): void {
  const next = sums.length * lanes;
  sums.forEach((sum, which) => {
    for (let segment = first, at = which * lanes; segment < end; segment++, at += next) {
      const set = Math.floor(segment / alike) % sets;
      if (perSet === 1) {
        let total = 0;
        for (let lane = 0; lane < lanes; lane++) total += partial[at + lane];
        sum[set] += total;
      } else {
        const channel = set * lanes;
        const there = Math.min(lanes, channels - channel);
        for (let lane = 0; lane < there; lane++) sum[channel + lane] += partial[at + lane];
      }
    }
  });
}
