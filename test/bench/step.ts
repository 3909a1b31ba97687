import { UserError } from '../../src/base/errors.ts';
import { median } from '../../src/latency/statistics.ts';
import { type Bench, type BenchResult, countOption, type OptionValues } from './bench.ts';
import { floorMs, pathBytes } from './floor.ts';
import { type BenchSpaceName, benchSpaces } from './spaces.ts';
import type { StepProcess } from './stepProcess.ts';
import { reportStep, type StepOptions } from './stepReport.ts';
import { findTorch, startOurs, startTorch } from './stepSides.ts';
import { takeTurns } from './stepTurns.ts';

/** Time and memory of the steps of a search, on their own or against PyTorch. */
export const step: Bench = {
  usage: `--space ${Object.keys(benchSpaces).join('|')} [--against-torch] [--paths N] [--threads N] [--seed N]`,
  options: {
    space: { type: 'string' },
    'against-torch': { type: 'boolean' },
    paths: { type: 'string' },
    threads: { type: 'string' },
    seed: { type: 'string' },
  },
  run: (values, progress) => runStep(stepOptions(values), progress),
};

/** @throws UserError for a space or number that there is not */
export function stepOptions(values: OptionValues): StepOptions {
  const { space } = values;
  const names = Object.keys(benchSpaces).join(', ');
  if (typeof space !== 'string') throw new UserError(`The step benchmark needs --space with one of ${names}.`);
  if (!Object.hasOwn(benchSpaces, space)) throw new UserError(`There is no space "${space}"; use one of ${names}.`);
  return {
    space: space as BenchSpaceName,
    weightPaths: countOption(values, 'paths', 16),
    architectureDraws: countOption(values, 'paths', 8),
    threads: countOption(values, 'threads', 2),
    seed: countOption(values, 'seed', 1),
    againstTorch: values['against-torch'] === true,
  };
}

async function runStep(options: StepOptions, progress: (line: string) => void): Promise<BenchResult> {
  const python = options.againstTorch ? findTorch() : undefined;
  const ours = await startOurs(options);
  const others = python ? await startTorch(python, options) : [];
  checkSameChoices(ours, others);
  const turns = await takeTurns(ours, others, { ...options, progress });
  progress('memory bandwidth');
  const { bytesPerMs } = await ours.bandwidth();
  for (const side of [ours, ...others]) await side.close();
  progress('largest single path');
  const fixedLargestPeakRssMb = await peakOfLargest(options);

  const { space, batch } = benchSpaces[options.space]();
  const floors = turns.paths.map(path => floorMs(pathBytes(space, path, batch), bytesPerMs));
  return reportStep({
    options,
    batch,
    description: ours.ready.description,
    torch: python ? `${others[0].ready.torch} by ${python}` : undefined,
    ...turns,
    fixedLargestPeakRssMb,
    floorMs: median(floors),
    bandwidthGbPerS: bytesPerMs / 1e6,
  });
}

/** Implementations that count candidates differently would be compared on different networks. */
function checkSameChoices(ours: StepProcess, others: readonly StepProcess[]): void {
  const odd = others.find(({ ready }) => ready.choices.join() !== ours.ready.choices.join());
  if (odd) throw new Error(`${odd.name} has the candidates ${odd.ready.choices}, ours ${ours.ready.choices}`);
}

/** MiB; as many weight steps as the search had, for a peak is of what happened. */
async function peakOfLargest(options: StepOptions): Promise<number> {
  const largest = await startOurs(options, true);
  const path = largest.ready.choices.map(() => 0);
  let peak = 0;
  for (let i = 0; i < 2 * options.weightPaths; i++) ({ peakRssMb: peak } = await largest.step({ do: 'weight', path }));
  await largest.close();
  return peak;
}
