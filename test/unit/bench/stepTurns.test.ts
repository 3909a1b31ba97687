import { describe, expect, it } from 'vitest';
import type { StepReply } from '../../bench/stepProtocol.ts';
import { type Side, takeTurns } from '../../bench/stepTurns.ts';

const choices = [6, 7];
const log: { name: string; command: Parameters<Side['step']>[0] }[] = [];

/** A side that notes what it is told; `drawn` as our architecture steps report it. */
function side(name: string, msOf: () => number, drawn?: (draw: number) => StepReply['drawn']): Side {
  return {
    name,
    ready: { batch: 4, choices },
    step: async command => {
      log.push({ name, command });
      const found = 'draw' in command ? drawn?.(command.draw) : undefined;
      return { ms: msOf(), loss: 1, peakRssMb: log.length, drawn: found };
    },
  };
}

describe('turns of the step benchmark', async () => {
  let steps = 0;
  const ours = side(
    'ours',
    () => ++steps,
    draw => ({ path: [draw, 6] }),
  );
  const torch = side('torch', () => 50);
  const options = { weightPaths: 2, architectureDraws: 1, seed: 1, progress: () => {} };
  const turns = await takeTurns(ours, [torch], options);

  it('begin with a warm-up of every draw on ours and one step elsewhere, then alternate', () => {
    const names = (kind: string) => log.filter(({ command }) => command.do === kind).map(({ name }) => name);
    expect(names('weight')).toEqual(['ours', 'ours', 'torch', 'ours', 'torch', 'ours', 'torch']);
    expect(names('archFull')).toEqual(['ours', 'torch', 'ours', 'torch']);
  });

  it('time no step of the warm-up', () => {
    expect(turns.ours.timings).toEqual({ weight: [3, 4], archTwo: [6], archFull: [8] });
    expect(turns.others[0].timings).toEqual({ weight: [50, 50], archTwo: [50], archFull: [50] });
  });

  it('give the others the paths of ours, and in architecture steps what ours drew', () => {
    const weight = log.filter(({ command }) => command.do === 'weight').map(({ command }) => command);
    expect(weight.slice(3)).toEqual(turns.paths.flatMap(path => [path, path]).map(path => ({ do: 'weight', path })));
    expect(log.at(-1)).toEqual({ name: 'torch', command: { do: 'archFull', path: [0, 6] } });
  });

  it('keep the peak of the whole run', () => {
    expect(turns.others[0].peakRssMb).toBe(log.length);
  });

  it('are reproducible by their seed', async () => {
    const again = await takeTurns(ours, [], options);
    expect(again.paths).toEqual(turns.paths);
    expect(turns.paths.flat().every((choice, i) => choice < choices[i % 2])).toBe(true);
  });
});
