import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { checkDevice, findTable, operatorCost, readTable, saveTable } from '../../../src/latency/table.ts';
import { entry, table } from './exampleTable.ts';
import { device } from './fakeTarget.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.describe();
    throw error;
  }
  return 'no error';
}

describe('latency table file', () => {
  it('round trips', () => {
    expect(readTable(saveTable(folder, table))).toEqual(table);
  });

  it('is plain text with sorted operators and six digits', () => {
    const long = { ...table, constantMs: 0.123456789 };
    const text = readFileSync(saveTable(folder, long), 'utf8');
    expect(text.indexOf('mbconv k3 e6')).toBeLessThan(text.indexOf('mbconv k5 e3'));
    expect(text).toContain('"constantMs": 0.123457,');
  });

  it('is found again for the same device and any part of its operators', () => {
    const file = saveTable(folder, table);
    expect(findTable(folder, { ...device }, ['mbconv k5 e3'])).toEqual({ table, file });
    expect(findTable(folder, device, ['mbconv k5 e3', 'mbconv k7 e3'])).toBeUndefined();
  });

  it('is never used for another device or setting', () => {
    const file = saveTable(folder, table);
    expect(findTable(folder, { ...device, threads: 2 }, ['mbconv k5 e3'])).toBeUndefined();
    writeFileSync(file, readFileSync(file, 'utf8').replace('Test Processor 9000', 'Another'));
    expect(findTable(folder, device, ['mbconv k5 e3'])).toBeUndefined();
    expect(problem(() => checkDevice(table, { ...device, runtime: 'onnxruntime-node 1.0.0', batch: 8 }))).toBe(
      'The latency table is of another device or setting (runtime onnxruntime-node 0.0.0, here onnxruntime-node 1.0.0; ' +
        'batch 1, here 8): profile this one now.',
    );
  });

  it('prefers the newest of several tables', () => {
    const more = { ...table.entries, 'mbconv k7 e3': entry };
    saveTable(folder, { ...table, entries: more, date: '2026-03-02T00:00:00.000Z' });
    saveTable(folder, table);
    expect(Object.keys(findTable(folder, device, ['mbconv k5 e3'])!.table.entries)).toHaveLength(3);
  });

  it('says what is wrong with a damaged file, and a cache passes over it', () => {
    const file = saveTable(folder, table);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, 300));
    expect(problem(() => readTable(file))).toBe(
      `${file}: The latency table is damaged: it is not JSON; profile again.`,
    );
    expect(findTable(folder, device, [])).toBeUndefined();
    writeFileSync(file, text.replace('"isolatedMs": 0.2', '"isolatedMs": -0.2'));
    expect(problem(() => readTable(file))).toContain('at "entries.mbconv k3 e6.isolatedMs"');
    writeFileSync(file, text.replace('"version": 1', '"version": 2'));
    expect(problem(() => readTable(file))).toContain('at "version"');
    expect(problem(() => readTable(join(folder, 'absent.json')))).toContain('cannot be read (ENOENT)');
  });

  it('reads random damage as an error of the person, or as a valid table, never as a crash', () => {
    const file = saveTable(folder, table);
    const bytes = readFileSync(file);
    let rejected = 0;
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 0x15;
      writeFileSync(file, damaged);
      if (problem(() => readTable(file)) !== 'no error') rejected++;
    }
    expect(rejected).toBeGreaterThan(100);
  });
});

describe('operatorCost', () => {
  it('is the fitted figure, or the isolated one where there is no fit', () => {
    expect(operatorCost(table, 'mbconv k3 e6')).toBe(0.123456);
    expect(operatorCost(table, 'mbconv k5 e3')).toBe(0.2);
  });

  it('guesses nothing for an operator that was not profiled', () => {
    const expected = 'is not profiled on Test Processor 9000: profile now.';
    expect(problem(() => operatorCost(table, 'mbconv k7 e6'))).toBe(`Operator "mbconv k7 e6" ${expected}`);
    expect(problem(() => operatorCost(table, 'toString'))).toBe(`Operator "toString" ${expected}`);
  });
});
