import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError, UserError } from '../base/errors.ts';
import { writeJsonAtomic, writing } from '../base/files.ts';
import type { Fingerprint } from './targets/target.ts';

const ms = z.number().nonnegative();
const share = z.number().min(0).max(1);

const fingerprintSchema: z.ZodType<Fingerprint> = z.strictObject({
  processor: z.string(),
  cores: z.int().positive(),
  platform: z.string(),
  runtime: z.string(),
  executionProvider: z.string(),
  threads: z.int().positive(),
  batch: z.int().positive(),
  precision: z.enum(['fp32', 'int8']),
});

const accuracySchema = z.strictObject({
  networks: z.int().positive(),
  within5pct: share,
  within10pct: share,
  relRmse: z.number(),
  rmseMs: ms,
  kendallTau: z.number(),
});

const entrySchema = z.strictObject({
  /** Median of the operator alone in a model, the empty call subtracted. */
  isolatedMs: ms,
  madMs: ms,
  samples: z.int().nonnegative(),
  /** Cost inside whole networks; absent when only the isolated figure is known. */
  fittedMs: ms.optional(),
  date: z.string(),
});

const tableSchema = z.strictObject({
  format: z.literal('proxyless latency table'),
  version: z.literal(1),
  device: fingerprintSchema,
  /** When the profile ended, ISO 8601. */
  date: z.string(),
  /** How long profiling took. */
  seconds: z.number(),
  /** A call of a model without work; already subtracted from isolated figures. */
  emptyMs: ms,
  /** Part of a network's latency that belongs to no operator, the call included. */
  constantMs: ms,
  fit: z.strictObject({
    networks: z.int(),
    scale: z.number(),
    ridge: z.number(),
    crossValidationError: z.number().nullable(),
  }),
  /** Of the prediction on held-out networks; null in a space with too few networks to hold any out. */
  validation: accuracySchema.nullable(),
  /** Same networks, predicted by adding up isolated figures: what the fit is worth. */
  isolatedSum: accuracySchema.nullable(),
  noise: z.strictObject({
    loadBefore: z.number(),
    relativeSpread: z.number(),
    outlierShare: z.number(),
    unsettled: z.int(),
    models: z.int(),
    noisy: z.boolean(),
    message: z.string(),
  }),
  /** By operator signature. */
  entries: z.record(z.string(), entrySchema),
  /** Whole networks: candidate index per block, and what was measured and predicted. */
  networks: z.array(
    z.strictObject({ choices: z.string(), heldOut: z.boolean(), measuredMs: ms, madMs: ms, predictedMs: ms }),
  ),
});

/** Latencies of a space's operators on one device, and how far they can be trusted. Times in ms. */
export type LatencyTable = z.infer<typeof tableSchema>;
export type TableEntry = z.infer<typeof entrySchema>;

/** Cost in ms of an operator inside a network. @throws UserError when it was never profiled: nothing is guessed */
export function operatorCost(table: LatencyTable, signature: string): number {
  const entry = Object.hasOwn(table.entries, signature) ? table.entries[signature] : undefined;
  if (!entry) {
    throw new UserError(`Operator "${signature}" is not profiled on ${table.device.processor}: profile now.`);
  }
  return entry.fittedMs ?? entry.isolatedMs;
}

/** @throws UserError when the table was made on another device or under other conditions */
export function checkDevice(table: LatencyTable, device: Fingerprint): void {
  const fields = Object.keys(device) as (keyof Fingerprint)[];
  const differences = fields.filter(field => table.device[field] !== device[field]);
  if (differences.length === 0) return;
  const list = differences.map(field => `${field} ${table.device[field]}, here ${device[field]}`).join('; ');
  throw new UserError(`The latency table is of another device or setting (${list}): profile this one now.`);
}

/** Reads a table file. @throws UserError when it cannot be read or is not a table of this version */
export function readTable(file: string): LatencyTable {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = isSystemError(error) ? `cannot be read (${error.code})` : 'is damaged: it is not JSON';
    throw new UserError(`The latency table ${reason}; profile again.`, { file });
  }
  const result = tableSchema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UserError(
    `The latency table is damaged or of another version, at "${issue.path.join('.')}" (${issue.message}); profile again.`,
    { file },
  );
}

/**
 * Writes the table under the cache folder, by device and set of operators, and returns the file's path.
 * @throws UserError when the disk is full or may not be written to
 */
export function saveTable(folder: string, table: LatencyTable): string {
  const keys = Object.keys(table.entries).sort();
  const entries = Object.fromEntries(keys.map(key => [key, rounded(table.entries[key])]));
  const file = join(folder, hash(deviceText(table.device)), `${hash(keys.join('\n'))}.json`);
  writing(folder, () => writeJsonAtomic(file, { ...rounded(table), entries, networks: table.networks.map(rounded) }));
  return file;
}

/** A table and where it is kept. */
export interface StoredTable {
  table: LatencyTable;
  file: string;
}

/** The newest table of this very device that holds every one of the operators. */
export function findTable(folder: string, device: Fingerprint, signatures: Iterable<string>): StoredTable | undefined {
  const needed = [...signatures];
  return deviceTables(folder, device).find(({ table }) => needed.every(key => Object.hasOwn(table.entries, key)));
}

/** All usable tables of this very device, the newest first. */
export function deviceTables(folder: string, device: Fingerprint): StoredTable[] {
  const deviceFolder = join(folder, hash(deviceText(device)));
  const found = tableFiles(deviceFolder).flatMap(file => {
    try {
      const table = readTable(file);
      checkDevice(table, device);
      return [{ table, file }];
    } catch (error) {
      // A cache: what cannot be used is measured anew and then replaced.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return found.sort((a, b) => b.table.date.localeCompare(a.table.date));
}

function tableFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .map(name => join(folder, name));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

function deviceText(device: Fingerprint): string {
  return JSON.stringify(device, Object.keys(device).sort());
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Six significant digits for the numbers of one level: more are noise, and noise in every line of a diff. */
function rounded<T extends object>(record: T): T {
  const round = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, round(value)])) as T;
}
