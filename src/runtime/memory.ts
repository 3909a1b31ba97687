/**
 * Memory for large results, in chunks that stay. Two things that an array of JavaScript's own does not give: it begins
 * at a whole cache line (a map that does not takes onnxruntime's blocked kernels 1.3 to 1.8 times as long to read), and it is
 * not filled with zeros each time. A chunk is the memory of a WebAssembly instance, as that begins at a whole page.
 */

/** What Node has and its types leave out. */
declare const WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer } };

const LINE = 64;
const PAGE = 65536;
const CHUNK = 256 * 2 ** 20;
/** Bytes from which a result is worth a place here. */
const LARGE = 64 * 2 ** 10;

/** A stretch of a chunk that nobody uses; ordered by place. */
interface Gap {
  from: number;
  bytes: number;
}

class Chunk {
  readonly gaps: Gap[];

  constructor(readonly buffer: ArrayBuffer) {
    this.gaps = [{ from: 0, bytes: buffer.byteLength }];
  }

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
}

const chunks = new Map<ArrayBufferLike, Chunk>();
let refused = false;

/** Arrays that were forgotten instead of being released give their place back when they are collected. */
const forgotten = new FinalizationRegistry<{ chunk: Chunk; from: number; bytes: number }>(({ chunk, from, bytes }) =>
  chunk.giveBack(from, bytes),
);

/** Bytes of a place for so many numbers. */
const wholeLines = (length: number) => Math.ceil((length * 4) / LINE) * LINE;

/**
 * An array with whatever numbers were left there, to be given back with `release` as soon as it is not needed; where no chunk
 * can be had, and for a small result, an array of JavaScript's own. Its place is its own for as long as this very array is
 * there: another view of it does not hold it.
 */
export function allocate(length: number): Float32Array<ArrayBuffer> {
  if (length * 4 < LARGE) return new Float32Array(length);
  const bytes = wholeLines(length);
  for (const chunk of chunks.values()) {
    const from = chunk.take(bytes);
    if (from !== undefined) return place(chunk, from, bytes, length);
  }
  const chunk = addChunk(Math.max(bytes, CHUNK));
  return chunk ? place(chunk, chunk.take(bytes) as number, bytes, length) : new Float32Array(length);
}

function addChunk(bytes: number): Chunk | undefined {
  if (refused) return undefined;
  const pages = Math.ceil(bytes / PAGE);
  try {
    const chunk = new Chunk(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
    chunks.set(chunk.buffer, chunk);
    return chunk;
  } catch (error) {
    // A limit on address space: each of these memories reserves some gigabytes of it.
    if (!(error instanceof RangeError)) throw error;
    refused = true;
    return undefined;
  }
}

function place(chunk: Chunk, from: number, bytes: number, length: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(chunk.buffer, from, length);
  forgotten.register(values, { chunk, from, bytes }, values);
  return values;
}

/**
 * Gives the memory of a large result back at once instead of at some later garbage collection, which keeps the peak of
 * a step at what the step needs. The array is not to be used afterwards.
 */
export function release(values: Float32Array | undefined): void {
  if (!values) return;
  const chunk = chunks.get(values.buffer);
  if (chunk) {
    // Released twice, its place may be somebody else's by now.
    if (forgotten.unregister(values)) chunk.giveBack(values.byteOffset, wholeLines(values.length));
  } else if (values.byteOffset === 0 && values.byteLength === values.buffer.byteLength)
    (values.buffer as ArrayBuffer).transfer(0);
}
