import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UserError } from '../../src/base/errors.ts';

export type OptionValues = Record<string, string | boolean | undefined>;

/** What a benchmark found: a table for people, figures for programs. */
export interface BenchResult {
  text: string;
  figures: object;
}

/** One benchmark: `npm run bench -- NAME [options]`. */
export interface Bench {
  /** The options for the usage text, such as `--space NAME [--paths N]`. */
  usage: string;
  /** As `parseArgs` of `node:util` takes them; `--json` comes for all. */
  options: ParseArgsOptionsConfig;
  /** @param progress shows what is being done */
  run(values: OptionValues, progress: (line: string) => void): Promise<BenchResult>;
}

/** Picks a benchmark by the first argument and parses the others. @throws UserError for what it does not know */
export function parseCommand(
  benches: Readonly<Record<string, Bench>>,
  args: readonly string[],
): { bench: Bench; values: OptionValues } {
  const [name, ...rest] = args;
  const usages = Object.entries(benches).map(([known, { usage }]) => `npm run bench -- ${known} ${usage} [--json]`);
  if (name === undefined || !Object.hasOwn(benches, name)) {
    const problem = name === undefined ? 'No benchmark was named' : `There is no benchmark "${name}"`;
    throw new UserError(`${problem}; use: ${usages.join(' or ')}.`);
  }
  const bench = benches[name];
  try {
    const { values } = parseArgs({ args: rest, options: { ...bench.options, json: { type: 'boolean' } } });
    return { bench, values: values as OptionValues };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${error.message.split('. ')[0]}; use: npm run bench -- ${name} ${bench.usage} [--json].`);
  }
}

/** A whole number from 1, or the fallback where the option is not given. @throws UserError for anything else */
export function countOption(values: OptionValues, name: string, fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new UserError(`--${name} needs a whole number from 1, but is "${text}".`);
  }
  return count;
}
