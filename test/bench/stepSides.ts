import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentHeap } from '../../src/base/residentHeap.ts';
import { StepProcess } from './stepProcess.ts';

/** Seen from the bundle in `dist`. */
const worker = fileURLToPath(new URL('./benchStepWorker.js', import.meta.url));
const torchScript = fileURLToPath(new URL('../test/bench/torch_step.py', import.meta.url));

export interface SideOptions {
  space: string;
  threads: number;
  seed: number;
}

/** Starts this project's side. @param largest trains the largest single path alone, in place of the supernet */
export function startOurs({ space, threads, seed }: SideOptions, largest = false): Promise<StepProcess> {
  const args = [worker, '--space', space, '--threads', `${threads}`, '--seed', `${seed}`];
  if (largest) args.push('--largest');
  return StepProcess.start(largest ? 'ours, largest path' : 'ours', process.execPath, args, {
    ...process.env,
    ...residentHeap,
  });
}

/**
 * Threads of OpenMP sleep while they wait. By default they spin: beside any other program a step then took 5 to 40 times as
 * long as without, which says nothing about PyTorch. The person's environment goes first, to compare both on a quiet machine.
 */
const openMp = { OMP_WAIT_POLICY: 'PASSIVE' };

/** PyTorch as it comes, with large blocks kept by the allocator, and with its faster memory layout as well. */
const torchVariants = [
  { name: 'torch plain', layout: 'plain', environment: {} },
  { name: 'torch tuned', layout: 'plain', environment: residentHeap },
  { name: 'torch channels-last tuned', layout: 'channels-last', environment: residentHeap },
];

/** Starts every variant of PyTorch's side. */
export function startTorch(python: string, { space, threads }: SideOptions): Promise<StepProcess[]> {
  return Promise.all(
    torchVariants.map(({ name, layout, environment }) => {
      const args = [torchScript, '--space', space, '--variant', layout, '--threads', `${threads}`];
      return StepProcess.start(name, python, args, { ...openMp, ...process.env, ...environment });
    }),
  );
}

/** A Python that has PyTorch: `$PYTHON`, the one on the path, the system's; undefined if none has. */
export function findTorch(): string | undefined {
  const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter(path => path !== undefined);
  return candidates.find(python => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
}
