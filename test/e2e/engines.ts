import { basename } from 'node:path';
import { expect } from 'vitest';
import { commandLine, descendants, noProcessList, parentOf, remaining } from '../integration/processes.ts';
import { patience } from './viewer.ts';
import type { Workbench } from './workbench/workbench.ts';

export { noProcessList, remaining };

/** The product's own processes. */
const programs = ['engine.js', 'profiler.js', 'trainer.js'] as const;

export type Program = (typeof programs)[number];

/** Those that come from a window, by what they run. */
export function programsOf({ pid }: Workbench): { pid: number; program: Program }[] {
  return descendants(pid).flatMap(pid => {
    const program = programs.find(name =>
      commandLine(pid)
        .split(' ')
        .some(word => basename(word) === name),
    );
    return program === undefined ? [] : [{ pid, program }];
  });
}

/** Waits until a program is at work, and returns every process that could be left behind. */
export async function untilRuns(workbench: Workbench, program: Program): Promise<number[]> {
  await expect.poll(() => programsOf(workbench).map(found => found.program), patience).toContain(program);
  return programsOf(workbench).map(({ pid }) => pid);
}

/** The process that runs the extensions of a window in which an engine is at work: launchers start it differently. */
export function extensionHost(workbench: Workbench): number {
  const engine = programsOf(workbench).find(({ program }) => program === 'engine.js');
  return (engine && parentOf(engine.pid)) as number;
}
