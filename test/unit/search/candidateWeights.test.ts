import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { Random } from '../../../src/base/random.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { CandidateWeights } from '../../../src/search/candidateWeights.ts';
import { partDefinition } from '../../../src/search/layers.ts';
import { WeightFile } from '../../../src/search/weightFile.ts';
import { Part } from '../../../src/training/part.ts';
import { tinySpace } from '../engine/tinySpace.ts';

let folder: string;
let file: WeightFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weights-'));
  file = new WeightFile(folder);
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

/** Two candidates of a block, a small and a large one, as nothing runs them here. */
function candidates(): Part[] {
  const [, block] = tinySpace().blocks;
  return block.candidates
    .filter(({ zero }) => !zero)
    .map(({ layers }) => new Part({} as Runtime, partDefinition(layers, block.residual), new Random(1)));
}

const valuesOf = ({ parameters }: Part) => parameters.map(({ values }) => [...values]);
const momentumOf = ({ parameters }: Part) => parameters.map(({ momentum }) => momentum && [...momentum]);

describe('the weights of candidates in a file', () => {
  it('are in memory for one candidate at a time, in a place as large as the largest', () => {
    const [small, large] = candidates();
    const [before, after] = [valuesOf(small), valuesOf(large)];
    const weights = new CandidateWeights([small, large], file);
    expect(weights.inMemory).toBeUndefined();
    weights.bring(small);
    expect(valuesOf(small)).toEqual(before);
    const { buffer } = small.parameters[0].values;
    weights.bring(large);
    expect(weights.inMemory).toBe(large);
    expect(valuesOf(large)).toEqual(after);
    expect(small.parameters.every(({ values }) => values.length === 0)).toBe(true);
    expect(large.parameters.every(({ values }) => values.buffer === buffer)).toBe(true);
    expect(buffer.byteLength).toBe(4 * after.flat().length);
  });

  it('come back as they were changed', () => {
    const [small, large] = candidates();
    const weights = new CandidateWeights([small, large], file);
    weights.bring(small);
    for (const { values } of small.parameters) for (let i = 0; i < values.length; i++) values[i] += i;
    const changed = valuesOf(small);
    weights.keep(small);
    weights.bring(large);
    weights.bring(small);
    expect(valuesOf(small)).toEqual(changed);
    expect(() => weights.keep(large)).toThrow('only what is in memory');
  });

  it('have momentum from their first update on, in memory only when it is asked for', () => {
    const [small, large] = candidates();
    const weights = new CandidateWeights([small, large], file);
    weights.bring(small);
    weights.bringMomentum(small);
    expect(momentumOf(small).every(momentum => momentum === undefined)).toBe(true);
    for (const parameter of small.parameters) parameter.momentum = parameter.values.map(value => value / 3);
    const momentum = momentumOf(small);
    weights.keep(small);
    expect(momentumOf(small).every(one => one === undefined)).toBe(true);
    weights.bring(large);
    weights.bringMomentum(large);
    expect(momentumOf(large).every(one => one === undefined)).toBe(true);
    weights.bring(small);
    weights.bringMomentum(small);
    expect(momentumOf(small)).toEqual(momentum);
    weights.drop(small);
    weights.bringMomentum(small);
    expect(momentumOf(small)).toEqual(momentum);
  });
});

describe('the file of weights', () => {
  it('leaves nothing in its folder', () => {
    file.add(new Float32Array(1000));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused in one sentence where nothing can be written', () => {
    const path = join(folder, 'no-folder');
    writeFileSync(path, '');
    expect(() => new WeightFile(path)).toThrow(UserError);
    expect(() => new WeightFile(path)).toThrow(`cannot write to ${path}`);
  });

  it('says so when it is read beyond its end', () => {
    file.add(new Float32Array(10));
    expect(() => file.read(8, new Float32Array(9))).toThrow('beyond its end');
  });
});
