import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { decodeTensors } from '../../../src/export/safetensors.ts';
import { TensorFile, writeTensorFile } from '../../../src/export/tensorFile.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensors-'));
  path = join(folder, 'a.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true }));

const tensors = [
  { name: 'a', dims: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, -0.1) },
  { name: 'none', dims: [0], values: new Float32Array(0) },
  { name: 'b', dims: [4], values: Float32Array.of(0, 1e-30, Number.NaN, 7).subarray(1) },
].map(tensor => ({ ...tensor, dims: tensor.name === 'b' ? [3] : tensor.dims }));

describe('a tensor file', () => {
  it('gives back its tensors, one by one, and its remark', () => {
    writeTensorFile(path, () => tensors, 'ü {"a":1}');
    TensorFile.use(path, file => {
      expect(file.remark).toBe('ü {"a":1}');
      expect(file.size('c')).toBeUndefined();
      for (const { name, values } of tensors) {
        const into = new Float32Array(file.size(name) as number);
        file.read(name, into);
        expect(into).toEqual(Float32Array.from(values));
      }
    });
  });

  it('is an ordinary safetensors file', () => {
    writeTensorFile(path, () => tensors, '');
    const decoded = decodeTensors(readFileSync(path), path);
    expect([...decoded.values()]).toEqual(
      tensors.map(tensor => ({ ...tensor, values: Float32Array.from(tensor.values) })),
    );
  });

  it('is refused in one sentence when it is missing, cut off anywhere, or changed anywhere', () => {
    expect(() => TensorFile.use(path, () => {})).toThrow('missing');
    writeTensorFile(path, () => tensors, 'remark');
    const whole = readFileSync(path);
    const random = new Random(1);
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(whole);
      const at = random.below(bytes.length);
      const cut = i % 2 === 0;
      if (!cut) bytes[at] ^= 1 + random.below(255);
      writeFileSync(path, cut ? bytes.subarray(0, at) : bytes);
      expect(() => TensorFile.use(path, () => {})).toThrow(/^the file is damaged \(.*\)$/);
    }
  });
});
