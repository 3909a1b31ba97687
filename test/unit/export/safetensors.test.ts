import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { Random } from '../../../src/base/random.ts';
import { decodeTensors, encodeTensors } from '../../../src/export/safetensors.ts';

const tensors = [
  { name: 'stem.weight', dims: [2, 1, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-38, 7) },
  { name: 'größe', dims: [1], values: Float32Array.of(Number.MAX_VALUE) },
  { name: 'scalar', dims: [], values: Float32Array.of(-0) },
];

describe('safetensors', () => {
  it('round trips names, shapes and every bit', () => {
    const read = decodeTensors(encodeTensors(tensors), 'a');
    expect([...read.values()]).toEqual(tensors);
  });

  it('reads a file laid out by the format itself, with metadata, and data at an odd offset', () => {
    const header = '{"__metadata__":{"by":"hand"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const file = Buffer.alloc(1 + 8 + header.length + 8);
    const bytes = file.subarray(1);
    bytes.writeUInt32LE(header.length, 0);
    bytes.write(header, 8);
    bytes.writeFloatLE(0.25, 8 + header.length);
    bytes.writeFloatLE(-8, 12 + header.length);
    expect([...decodeTensors(bytes, 'a')]).toEqual([
      ['w', { name: 'w', dims: [2], values: Float32Array.of(0.25, -8) }],
    ]);
  });

  it('refuses every truncation, naming the file', () => {
    const whole = encodeTensors(tensors);
    for (let length = 0; length < whole.length; length++) {
      const read = () => decodeTensors(whole.subarray(0, length), 'weights.safetensors');
      expect(read, `${length} bytes`).toThrow(UserError);
    }
    const named = expect.objectContaining({ place: { file: 'weights.safetensors' } });
    expect(() => decodeTensors(whole.subarray(0, 4), 'weights.safetensors')).toThrow(named);
  });

  it('meets flipped bytes with a UserError or with tensors, never with anything else', () => {
    const whole = encodeTensors(tensors);
    const random = new Random(1, 'flips');
    for (let round = 0; round < 3000; round++) {
      const bytes = whole.slice();
      for (let flips = 0; flips <= random.below(3); flips++) {
        // Mostly in the header: any change of the numbers is a file of other numbers.
        bytes[random.below(bytes.length)] ^= 1 << random.below(8);
      }
      try {
        for (const { dims, values } of decodeTensors(bytes, 'a').values())
          expect(values).toHaveLength(dims.reduce((product, dim) => product * dim, 1));
      } catch (error) {
        expect(error, String(error)).toBeInstanceOf(UserError);
      }
    }
  });

  it.each([
    ['null'],
    ['[1]'],
    ['3'],
    ['{"w":null}'],
    ['{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}'],
    ['{"w":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}'],
    ['{"w":{"dtype":"F32","shape":[0.5,4],"data_offsets":[0,8]}}'],
    ['{"w":{"dtype":"F32","shape":[2],"data_offsets":[0.5,8.5]}}'],
    ['{"w":{"dtype":"F32","shape":["a"],"data_offsets":[0,8]}}'],
  ])('refuses the header %s', header => {
    const bytes = Buffer.alloc(8 + header.length + 16);
    bytes.writeUInt32LE(header.length, 0);
    bytes.write(header, 8);
    expect(() => decodeTensors(bytes, 'a')).toThrow(UserError);
  });
});
