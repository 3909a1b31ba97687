import { z } from 'zod';
import { UserError } from '../base/errors.ts';

export interface NamedTensor {
  name: string;
  dims: readonly number[];
  values: Float32Array;
}

/** Where each tensor stands among the bytes after the header, and remarks of whoever wrote the file. */
export interface TensorHeader {
  __metadata__?: Record<string, string>;
  [name: string]: TensorEntry | Record<string, string> | undefined;
}

export interface TensorEntry {
  dtype: 'F32';
  shape: readonly number[];
  data_offsets: readonly [number, number];
}

/** Entries for tensors that follow one another. */
export function tensorEntries(tensors: Iterable<NamedTensor>): Record<string, TensorEntry> {
  const entries: Record<string, TensorEntry> = {};
  let at = 0;
  for (const { name, dims, values } of tensors) {
    const from = at;
    at += values.byteLength;
    entries[name] = { dtype: 'F32', shape: dims, data_offsets: [from, at] };
  }
  return entries;
}

/** The length of the header (8 bytes, little endian) and the header, JSON. */
export function encodeHeader(header: TensorHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(8 + text.length);
  bytes.writeBigUInt64LE(BigInt(text.length));
  text.copy(bytes, 8);
  return bytes;
}

/** The bytes of a tensor, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Weights as a safetensors file: the header with name, shape and place of every tensor, then their bytes. */
export function encodeTensors(tensors: readonly NamedTensor[]): Uint8Array {
  return Buffer.concat([encodeHeader(tensorEntries(tensors)), ...tensors.map(({ values }) => bytesOf(values))]);
}

const count = z.int().nonnegative();

export const headerSchema = z
  // Remarks of whoever wrote the file; all else is tensors.
  .object({ __metadata__: z.unknown().optional() })
  .catchall(z.object({ dtype: z.literal('F32'), shape: z.array(count), data_offsets: z.tuple([count, count]) }));

/** @throws UserError when the file is damaged */
export function decodeTensors(bytes: Uint8Array, file: string): Map<string, NamedTensor> {
  const damaged = (what: string) =>
    new UserError(`the weights are damaged (${what}): train the network again`, { file });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 8) throw damaged(`${buffer.length} bytes`);
  const length = Number(buffer.readBigUInt64LE());
  if (length > buffer.length - 8) throw damaged('the header is cut off');
  let content: unknown;
  try {
    content = JSON.parse(buffer.toString('utf8', 8, 8 + length));
  } catch {
    throw damaged('the header is no JSON');
  }
  const header = headerSchema.safeParse(content);
  if (!header.success) throw damaged('the header is not that of float32 tensors');
  const { __metadata__: _, ...entries } = header.data;
  const data = buffer.subarray(8 + length);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(entries)) {
    const size = shape.reduce((product, dim) => product * dim, 4);
    if (offsets[1] - offsets[0] !== size || offsets[1] > data.length) throw damaged(`tensor ${name}`);
    // Copied: the bytes of a file need not lie on a multiple of four.
    const values = new Float32Array(Uint8Array.from(data.subarray(offsets[0], offsets[1])).buffer);
    tensors.set(name, { name, dims: shape, values });
  }
  return tensors;
}
