import { z } from 'zod';
import { UserError } from '../base/errors.ts';

export interface NamedTensor {
  name: string;
  dims: readonly number[];
  values: Float32Array;
}

/**
 * Weights as a safetensors file: the length of a JSON header (8 bytes, little endian), the header with name, shape and
 * place of every tensor, then their bytes.
 */
export function encodeTensors(tensors: readonly NamedTensor[]): Uint8Array {
  const header: Record<string, { dtype: 'F32'; shape: readonly number[]; data_offsets: [number, number] }> = {};
  let at = 0;
  for (const { name, dims, values } of tensors) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(8 + text.length + at);
  bytes.writeBigUInt64LE(BigInt(text.length));
  text.copy(bytes, 8);
  let to = 8 + text.length;
  for (const { values } of tensors) {
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(bytes, to);
    to += values.byteLength;
  }
  return bytes;
}

const count = z.int().nonnegative();

const headerSchema = z
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
  const { __metadata__: _, ...tensorEntries } = header.data;
  const data = buffer.subarray(8 + length);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(tensorEntries)) {
    const size = shape.reduce((product, dim) => product * dim, 4);
    if (offsets[1] - offsets[0] !== size || offsets[1] > data.length) throw damaged(`tensor ${name}`);
    // Copied: the bytes of a file need not lie on a multiple of four.
    const values = new Float32Array(Uint8Array.from(data.subarray(offsets[0], offsets[1])).buffer);
    tensors.set(name, { name, dims: shape, values });
  }
  return tensors;
}
