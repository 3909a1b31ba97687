/**
 * As much of WebAssembly's binary format (W3C, Core Specification 2.0, section 5) as loops over vectors of four float32 need.
 * Code is a list of bytes; an expression's code leaves its value on the stack.
 */
export type Code = readonly number[];

const [I32, V128] = [0x7f, 0x7b];
const NO_RESULT = 0x40;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

const vector = (items: readonly Code[]) => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code) => [id, ...unsigned(content.length), ...content];
const name = (text: string) => vector([...Buffer.from(text)].map(byte => [byte]));
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const binary =
  (opcode: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const float32 = (value: number) => [...Buffer.from(Float32Array.of(value).buffer)];
/** Alignment is a hint; every vector here begins at a multiple of 16. */
const place = (offset: number) => [4, ...unsigned(offset)];

export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)],
};

export const i32 = {
  value: (value: number): Code => [0x41, ...signed(value)],
  lessThan: binary([0x49]),
  add: binary([0x6a]),
  multiply: binary([0x6c]),
  divide: binary([0x6e]),
  remainder: binary([0x70]),
};

/** Vectors of four float32; what compares gives all ones or all zeros. */
export const f32x4 = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0), ...place(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, ...simd(11), ...place(offset)],
  value: (value: number): Code => [...simd(12), ...new Array<Code>(4).fill(float32(value)).flat()],
  lessThan: binary(simd(0x43)),
  greaterThan: binary(simd(0x44)),
  and: binary(simd(0x4e)),
  add: binary(simd(0xe4)),
  subtract: binary(simd(0xe5)),
  multiply: binary(simd(0xe6)),
  min: binary(simd(0xe8)),
  max: binary(simd(0xe9)),
};

/** Runs `body` once, and again for as long as `again` is not zero. */
export const loop = (body: Code, again: Code): Code => [0x03, NO_RESULT, ...body, ...again, 0x0d, 0, 0x0b];

/** A function without result, exported under its name. */
export interface WasmFunction {
  name: string;
  /** Parameters, all i32: the first locals. */
  parameters: number;
  /** Further locals, in this order. */
  integers: number;
  vectors: number;
  code: Code;
}

/** A module that computes in shared memory, imported as `env.memory`. @param pages the most that memory may have */
export function wasmModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...vector(new Array<Code>(parameters).fill([I32])), 0]);
  const shared = [0x02, 0x03, 0, ...unsigned(pages)];
  const bodies = functions.map(({ integers, vectors, code }) => {
    const body = [2, ...unsigned(integers), I32, ...unsigned(vectors), V128, ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...name('env'), ...name('memory'), ...shared]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map((one, i) => [...name(one.name), 0, ...unsigned(i)]))),
    ...section(10, vector(bodies)),
  ]);
}
