import type { BlockView, CandidateView, Issue, Place, SpaceView } from '../../protocol/spaceView.ts';
import type { Placed } from './placed.ts';
import { callAt, findCall, markAt, offsetAt, type Span } from './sourceText.ts';

/** A search space as the engine sees it, brought to the places of its file. */

/** What one call of an operator became: a candidate of one block or of many. */
export type Occurrences = readonly { block: BlockView; candidate: CandidateView }[];

/** Every operator written in the file, with all candidates that came of it. */
export function placeCandidates(view: SpaceView, file: string, text: string): Placed<Occurrences>[] {
  const all = view.blocks.flatMap(block =>
    block.candidates
      // The choice to vanish that a stage adds for its depth is written nowhere: it has the stage's place.
      .filter(({ macs, place }) => macs > 0 || !samePlace(place, block.place))
      .map(candidate => ({ block, candidate })),
  );
  return byPlace(all, ({ candidate }) => candidate.place, file, text).flatMap(([start, value]) => {
    const call = callAt(text, start);
    return call ? [{ ...call, value }] : [];
  });
}

/** The end of every `stage(...),` written in the file, with the blocks it stands for. */
export function placeStages(view: SpaceView, file: string, text: string): Placed<readonly BlockView[]>[] {
  const blocks = view.blocks.filter(({ name }) => name.startsWith('stage'));
  return byPlace(blocks, ({ place }) => place, file, text).flatMap(([start, value]) => {
    const call = callAt(text, start);
    if (!call) return [];
    const end = text[call.end] === ',' ? call.end + 1 : call.end;
    return [{ start: end, end, value }];
  });
}

/** What a person is to look at: the field, call or word of the issue; else where the space is defined. */
export function placeIssue({ place }: Issue, file: string, text: string): Span {
  if (place?.line !== undefined && place.file === file) {
    return markAt(text, offsetAt(text, place.line, place.column ?? firstColumn(text, place.line)));
  }
  return findCall(text, 'defineSearchSpace') ?? markAt(text, 0);
}

function byPlace<T>(
  items: readonly T[],
  placeOf: (item: T) => Place | undefined,
  file: string,
  text: string,
): [start: number, items: T[]][] {
  const here = items.filter(item => placeOf(item)?.file === file && placeOf(item)?.line !== undefined);
  const groups = Map.groupBy(here, item => {
    const { line = 1, column = 1 } = placeOf(item) ?? {};
    return offsetAt(text, line, column);
  });
  return [...groups];
}

function firstColumn(text: string, line: number): number {
  const start = offsetAt(text, line, 1);
  return 1 + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
}

function samePlace(left: Place | undefined, right: Place | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return left.line === right.line && left.column === right.column && left.file === right.file;
}
