import { join } from 'node:path';
import { z } from 'zod';
import { metricsSchema } from '../../protocol/metrics.ts';
import { openRegular } from './regularFile.ts';

/**
 * The small files of a run beside its log. They may be of another version, damaged or hostile, so each field is taken for
 * itself: one that is not as expected is as good as missing, and no text is longer than anyone reads.
 */

const LARGEST_FILE = 32 << 20;
const LONGEST_TEXT = 300;

/**
 * A text as it may be shown: a line of bounded length. In messages VS Code makes a link of `[text](address)`, also of one
 * that calls a command; no name is to be one.
 */
export function clip(text: string): string {
  const line = text
    .slice(0, 4 * LONGEST_TEXT)
    .replace(/\s+/g, ' ')
    .replaceAll('](', '] (')
    .trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

const text = z.string().transform(clip);
const number = z.number();
/** As `toISOString` writes it; readers of dates see one in almost any text. */
const time = z.iso.datetime();

const deviceSchema = z.object({
  processor: text.catch('?'),
  platform: text.catch(''),
  runtime: text.catch(''),
  threads: number.catch(1),
  batch: number.catch(1),
});

export type Device = z.infer<typeof deviceSchema>;

/** The device and the conditions of a measurement, in a line. */
export function deviceName({ processor, threads, batch, runtime }: Device): string {
  return `${processor}, ${threads} thread${threads === 1 ? '' : 's'}, batch ${batch}, ${runtime}`;
}

const recordSchema = z.object({
  name: text.catch(''),
  /** The search-space file as it was given. */
  file: z.string().max(4096).catch(''),
  began: time.catch(''),
  seed: number.catch(0),
  targetMs: number.optional().catch(undefined),
  dataset: z.object({ name: text.catch('') }).catch({ name: '' }),
  device: deviceSchema.optional().catch(undefined),
  host: text.optional().catch(undefined),
});

export type RunRecord = z.infer<typeof recordSchema>;

const tableSchema = z.object({
  device: deviceSchema,
  date: time.catch(''),
  validation: z.object({ networks: number, within5pct: number, relRmse: number }).nullable().catch(null),
  networks: z
    .array(z.object({ heldOut: z.boolean(), measuredMs: number, predictedMs: number }))
    .max(10_000)
    .catch([]),
});

/** A latency table, as much of it as is shown. */
export type TableView = z.infer<typeof tableSchema>;

export const readRecord = (folder: string) => readJson(join(folder, 'run.json'), recordSchema);
export const readMetrics = (folder: string) => readJson(join(folder, 'derived', 'metrics.json'), metricsSchema);
export const readTable = (file: string) => readJson(file, tableSchema);

/** A file's content as the schema has it; undefined where it is not there, too large, or anything else. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const content = await readLimited(path);
  if (content === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

/** The text of a file that is not too large; undefined for anything else. */
async function readLimited(path: string): Promise<string | undefined> {
  const file = await openRegular(path);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return size <= LARGEST_FILE ? await file.readFile('utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
