/**
 * Memory for large results, a stretch that grows and stays. Three things that an array of JavaScript's own does not give: it
 * begins at a whole cache line (a map that does not takes onnxruntime's blocked kernels 1.3 to 1.8 times as long to read), it is
 * not filled with zeros each time, and passes over maps (`passes/`) can work on it. It is WebAssembly's memory.
 */

const LINE = 64;
const PAGE = 65536;
/** Bytes by which it grows at least. */
const CHUNK = 256 * 2 ** 20;
/** Bytes from which a result is worth a place here. */
const LARGE = 64 * 2 ** 10;
/** What 32 bits can address, less a page, so that the end of a place has an address too. */
export const MOST_PAGES = 65535;

/** A part that nobody uses. */
interface Gap {
  from: number;
  bytes: number;
}

/** A stretch as large as 32 bits can address; there are more where one is not enough. */
class Stretch {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  /**
   * The memory as it was when it last grew, for all arrays since then. V8 gives out another object for the same memory after any
   * memory has grown, and arrays keep the one they were made with.
   */
  buffer = this.memory.buffer;
  /** What nobody uses, in order; the first page is no place, and its first bytes belong to passes. */
  private readonly gaps: Gap[] = [];

  /** The first gap large enough: what is low in memory is used again first, so the top is touched by large steps only. */
  take(bytes: number): number | undefined {
    const at = this.gaps.findIndex(gap => gap.bytes >= bytes);
    if (at < 0) return undefined;
    const gap = this.gaps[at];
    const { from } = gap;
    gap.from += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) this.gaps.splice(at, 1);
    return from;
  }

  giveBack(from: number, bytes: number): void {
    const found = this.gaps.findIndex(gap => gap.from > from);
    const at = found < 0 ? this.gaps.length : found;
    const [before, after] = [this.gaps[at - 1], this.gaps[at]];
    const joinsBefore = before !== undefined && before.from + before.bytes === from;
    const joinsAfter = after !== undefined && from + bytes === after.from;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      this.gaps.splice(at, 1);
    } else if (joinsBefore) before.bytes += bytes;
    else if (joinsAfter) {
      after.from = from;
      after.bytes += bytes;
    } else this.gaps.splice(at, 0, { from, bytes });
  }

  /** Makes room at the end. @throws RangeError where there can be no more */
  grow(bytes: number): void {
    const end = this.buffer.byteLength;
    // The last chunk is as large as there is room for.
    const pages = Math.max(Math.ceil(bytes / PAGE), Math.min(CHUNK / PAGE, MOST_PAGES - end / PAGE));
    this.memory.grow(pages);
    this.buffer = this.memory.buffer;
    stretchOf.set(this.buffer, this);
    this.giveBack(end, pages * PAGE);
  }
}

const stretches: Stretch[] = [];
const stretchOf = new WeakMap<ArrayBufferLike, Stretch>();
let refused = false;

/** Arrays that were forgotten instead of being released give their place back when they are collected. */
const forgotten = new FinalizationRegistry<Gap & { stretch: Stretch }>(({ stretch, from, bytes }) =>
  stretch.giveBack(from, bytes),
);

/** Bytes of a place for so many numbers. */
const wholeLines = (length: number) => Math.ceil((length * 4) / LINE) * LINE;

/**
 * An array with whatever numbers were left there, to be given back with `release` as soon as it is not needed; where there is no
 * room, and for a small result, an array of JavaScript's own. Its place is its own for as long as this very array is
 * there: another view of it does not hold it.
 */
export function allocate(length: number): Float32Array {
  return (length * 4 < LARGE ? undefined : allocateShared(length)) ?? new Float32Array(length);
}

/** The same of any size, in this memory where one is given, or undefined where there is no room. */
export function allocateShared(length: number, memory?: WebAssembly.Memory): Float32Array | undefined {
  const bytes = wholeLines(length);
  const allowed = memory ? stretches.filter(stretch => stretch.memory === memory) : stretches;
  for (const stretch of allowed) {
    const from = stretch.take(bytes);
    if (from !== undefined) return place(stretch, from, bytes, length);
  }
  const stretch = withRoom(allowed, bytes, memory === undefined);
  return stretch && place(stretch, stretch.take(bytes) as number, bytes, length);
}

/** A stretch that has grown by so many bytes, a new one where none can and `more` says so. */
function withRoom(among: readonly Stretch[], bytes: number, more: boolean): Stretch | undefined {
  for (const stretch of among) if (tryTo(() => stretch.grow(bytes))) return stretch;
  if (!more || refused || bytes > (MOST_PAGES - 1) * PAGE) return undefined;
  let added: Stretch | undefined;
  const done = tryTo(() => {
    added = new Stretch();
    added.grow(bytes);
  });
  // A limit on address space, of which each reserves some gigabytes.
  if (!done || !added) {
    refused = true;
    return undefined;
  }
  stretches.push(added);
  return added;
}

/** Whether there was memory for it. */
function tryTo(grow: () => void): boolean {
  try {
    grow();
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function place(stretch: Stretch, from: number, bytes: number, length: number): Float32Array {
  const values = new Float32Array(stretch.buffer, from, length);
  forgotten.register(values, { stretch, from, bytes }, values);
  return values;
}

/** The memory that an array lies in, at its `byteOffset`; undefined for an array of JavaScript's own. */
export function memoryOf(values: Float32Array): WebAssembly.Memory | undefined {
  return stretchOf.get(values.buffer)?.memory;
}

/**
 * Gives the memory of a large result back at once instead of at some later garbage collection, which keeps the peak of
 * a step at what the step needs. The array is not to be used afterwards.
 */
export function release(values: Float32Array | undefined): void {
  if (!values) return;
  const stretch = stretchOf.get(values.buffer);
  if (stretch) {
    // Released twice, its place may be somebody else's by now.
    if (forgotten.unregister(values)) stretch.giveBack(values.byteOffset, wholeLines(values.length));
  } else if (values.length > 0 && values.byteOffset === 0 && values.byteLength === values.buffer.byteLength)
    (values.buffer as ArrayBuffer).transfer(0);
}
