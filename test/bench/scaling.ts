import { Random } from '../../src/base/random.ts';
import { median } from '../../src/latency/statistics.ts';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { scalings } from './scalingSpaces.ts';
import type { StepProcess } from './stepProcess.ts';
import { type StepCommand, type StepKind, stepKinds } from './stepProtocol.ts';
import { alignColumns } from './stepReport.ts';
import { startOurs } from './stepSides.ts';

interface Options {
  rounds: number;
  threads: number;
  seed: number;
}

/** How the time of a step grows with batch, width, depth and the number of candidates. */
export const scaling: Bench = {
  usage: '[--rounds N] [--threads N] [--seed N]',
  options: { rounds: { type: 'string' }, threads: { type: 'string' }, seed: { type: 'string' } },
  run: (values, progress) =>
    runScaling(
      {
        rounds: countOption(values, 'rounds', 15),
        threads: countOption(values, 'threads', 2),
        seed: countOption(values, 'seed', 1),
      },
      progress,
    ),
};

/** Steps before the timed ones, which compile what a step needs. */
const WARM_UP = 2;

/** All spaces take turns, step by step, so that what slows the machine for a while slows them all. */
async function runScaling(options: Options, progress: (line: string) => void): Promise<BenchResult> {
  const sides = new Map<string, StepProcess>();
  for (const name of scalings.keys()) sides.set(name, await startOurs({ space: name, ...options }));
  const times = new Map([...sides.keys()].map(name => [name, { weight: [], archTwo: [], archFull: [] } as Timings]));
  const random = new Random(options.seed, 'paths');
  for (let round = -WARM_UP; round < options.rounds; round++) {
    progress(round < 0 ? 'warm-up' : `round ${round + 1} of ${options.rounds}`);
    for (const kind of stepKinds) {
      for (const [name, side] of sides) {
        const path = side.ready.choices.map(count => random.below(count));
        const command: StepCommand = kind === 'weight' ? { do: kind, path } : { do: kind, draw: round + WARM_UP };
        const { ms } = await side.step(command);
        if (round >= 0) times.get(name)?.[kind].push(ms);
      }
    }
  }
  for (const side of sides.values()) await side.close();
  return reportScaling(times, options);
}

/** Milliseconds of every timed step. */
export type Timings = Record<StepKind, number[]>;

/** @param times by the name of the space, such as `batch=64` */
export function reportScaling(times: ReadonlyMap<string, Timings>, options: Options): BenchResult {
  const rows = [...times].map(([name, timings]) => {
    const [what, value] = name.split('=');
    const first = [...times.keys()].find(other => other.startsWith(`${what}=`)) as string;
    const start = times.get(first) as Timings;
    const steps = stepKinds.map(kind => ({
      kind,
      ms: median(timings[kind]),
      growth: median(timings[kind].map((ms, i) => ms / start[kind][i])),
    }));
    return { what, value: Number(value), factor: Number(value) / Number(first.split('=')[1]), steps };
  });
  const table = rows.map(({ what, value, factor, steps }) => [
    `${what} ${value}`,
    `x${factor}`,
    ...steps.flatMap(({ ms, growth }) => [ms.toFixed(1), `x${growth.toFixed(2)}`]),
  ]);
  const header = ['', 'size', 'weight, ms', 'time', '"two", ms', 'time', '"full", ms', 'time'];
  const text = [
    `medians over ${options.rounds} steps of each kind, ${options.threads} threads; time against the first of its kind`,
    '',
    alignColumns([header, ...table]),
  ].join('\n');
  return { text, figures: { bench: 'scaling', ...options, rows } };
}
