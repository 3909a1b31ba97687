import { expect, it } from 'vitest';
import { derivedView } from '../../../../src/extension/runs/derivedView.ts';
import { RunFold } from '../../../../src/extension/runs/runFold.ts';
import { unknownSpace } from '../../../../src/extension/runs/spaceOfLog.ts';
import type { BlockView } from '../../../../src/protocol/spaceView.ts';
import { blocks, start } from './exampleLog.ts';

it('the choices of a derived network are those of the choice blocks, whatever fixed parts stand before them', () => {
  const block = (name: string, candidates: string[]): BlockView => ({
    name,
    input: [1, 8, 8],
    output: [1, 8, 8],
    residual: false,
    candidates: candidates.map((name, i) => ({ name, zero: false, macs: 1, params: 1, latencyMs: i + 1 })),
  });
  const chain = [block('stem', ['conv 3x3']), ...blocks.map(({ name, candidates }) => block(name, candidates))];
  const fold = new RunFold();
  fold.apply({ ...start, view: { ...unknownSpace, name: 'tiny', blocks: chain } } as typeof start);
  fold.apply({ type: 'derived', choices: [0, 2, 1], names: [], predictedMs: 6 });
  const view = derivedView(fold);
  expect(view?.choices).toEqual([2, 1]);
  expect(view?.blocks.map(({ predictedMs }) => predictedMs)).toEqual([1, 3, 2]);
});
