/**
 * Memory for large results, one stretch that grows and stays. Three things that an array of JavaScript's own does not give: it
 * begins at a whole cache line (a map that does not takes onnxruntime's blocked kernels 1.3 to 1.8 times as long to read), it is
 * not filled with zeros each time, and passes over maps (`passes/`) can work on it. It is the memory of WebAssembly.
 */

const LINE = 64;
const PAGE = 65536;
/** Bytes by which it grows at least. */
const CHUNK = 256 * 2 ** 20;
/** Bytes from which a result is worth a place here. */
const LARGE = 64 * 2 ** 10;
/** What 32 bits can address, less a page, so that the end of a place has an address too. */
export const MOST_PAGES = 65535;

/** A stretch that nobody uses. */
interface Gap {
  from: number;
  bytes: number;
}

/** What nobody uses, in order; the first bytes are no place, so that an address of 0 is none. */
const gaps: Gap[] = [];
let memory: WebAssembly.Memory | undefined;
/** The memory is another buffer each time it has grown; arrays keep the one they were made with. */
const buffers = new WeakSet<ArrayBufferLike>();

/** Arrays that were forgotten instead of being released give their place back when they are collected. */
const forgotten = new FinalizationRegistry<Gap>(({ from, bytes }) => giveBack(from, bytes));

/** The first gap large enough: what is low in memory is used again first, so the top is touched by large steps only. */
function take(bytes: number): number | undefined {
  const at = gaps.findIndex(gap => gap.bytes >= bytes);
  if (at < 0) return undefined;
  const gap = gaps[at];
  const { from } = gap;
  gap.from += bytes;
  gap.bytes -= bytes;
  if (gap.bytes === 0) gaps.splice(at, 1);
  return from;
}

function giveBack(from: number, bytes: number): void {
  const found = gaps.findIndex(gap => gap.from > from);
  const at = found < 0 ? gaps.length : found;
  const [before, after] = [gaps[at - 1], gaps[at]];
  const joinsBefore = before !== undefined && before.from + before.bytes === from;
  const joinsAfter = after !== undefined && from + bytes === after.from;
  if (joinsBefore && joinsAfter) {
    before.bytes += bytes + after.bytes;
    gaps.splice(at, 1);
  } else if (joinsBefore) before.bytes += bytes;
  else if (joinsAfter) {
    after.from = from;
    after.bytes += bytes;
  } else gaps.splice(at, 0, { from, bytes });
}

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

/** The same of any size in the memory, or undefined where there is no room. */
export function allocateShared(length: number): Float32Array | undefined {
  const bytes = wholeLines(length);
  const from = take(bytes) ?? (grow(bytes) ? take(bytes) : undefined);
  if (from === undefined) return undefined;
  const values = new Float32Array(sharedMemory().buffer, from, length);
  forgotten.register(values, { from, bytes }, values);
  return values;
}

/** The memory itself, for code that computes in it. */
export function sharedMemory(): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  return memory;
}

/** Where an array lies in the memory, in bytes, or undefined where it is an array of JavaScript's own. */
export function addressOf(values: Float32Array): number | undefined {
  return buffers.has(values.buffer) ? values.byteOffset : undefined;
}

/** Makes room at the end; false where there can be no more. */
function grow(bytes: number): boolean {
  try {
    const { buffer } = sharedMemory();
    const pages = Math.ceil(Math.max(bytes, CHUNK) / PAGE);
    sharedMemory().grow(pages);
    buffers.add(sharedMemory().buffer);
    giveBack(buffer.byteLength, pages * PAGE);
    return true;
  } catch (error) {
    // More than it can be, or a limit on address space: it reserves some gigabytes of it.
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/**
 * Gives the memory of a large result back at once instead of at some later garbage collection, which keeps the peak of
 * a step at what the step needs. The array is not to be used afterwards.
 */
export function release(values: Float32Array | undefined): void {
  if (!values) return;
  const from = addressOf(values);
  if (from !== undefined) {
    // Released twice, its place may be somebody else's by now.
    if (forgotten.unregister(values)) giveBack(from, wholeLines(values.length));
  } else if (values.byteOffset === 0 && values.byteLength === values.buffer.byteLength)
    (values.buffer as ArrayBuffer).transfer(0);
}
