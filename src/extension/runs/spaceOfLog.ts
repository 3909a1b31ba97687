import type { RunEvent } from '../../protocol/events.ts';
import type { BlockView, OperatorGraph, SpaceView } from '../../protocol/spaceView.ts';
import { clip } from './runFiles.ts';

type Start = Extract<RunEvent, { type: 'start' }>;

/** No space is near these; a log that claims so is not drawn. */
const MOST_BLOCKS = 1000;
const MOST_CANDIDATES = 200;
/** Of an operator. */
const MOST_LAYERS = 300;
const MOST_INPUTS = 20;

/** A space nobody has said anything of yet. */
export const unknownSpace: SpaceView = {
  name: '',
  input: [0, 0, 0],
  classes: 0,
  blocks: [],
  fixedMs: null,
  device: '',
};

/** The space as the log's first event has it; of a log of the first version its choice blocks by name only. */
export function spaceOfStart({ space, blocks, targetMs, view }: Start): SpaceView {
  const whole = view ?? { ...unknownSpace, name: space, targetMs, blocks: blocks.map(nameOnly) };
  const fits = whole.blocks.length <= MOST_BLOCKS && whole.blocks.every(fewCandidates);
  return {
    ...whole,
    name: clip(whole.name),
    device: clip(whole.device),
    predictedBy: whole.predictedBy && clip(whole.predictedBy),
    blocks: fits ? whole.blocks.map(clipped) : [],
  };
}

/** How many candidates each choice block has: the shape of every table in the log. */
export function choiceSizes({ blocks }: SpaceView): number[] {
  return blocks.map(({ candidates }) => candidates.length).filter(size => size > 1);
}

function nameOnly({ name, candidates }: Start['blocks'][number]): BlockView {
  return {
    name,
    input: [0, 0, 0],
    output: [0, 0, 0],
    residual: candidates.includes('zero'),
    candidates: candidates.map(candidate => ({
      name: candidate,
      zero: candidate === 'zero',
      macs: 0,
      params: 0,
      latencyMs: null,
    })),
  };
}

function fewCandidates({ candidates }: BlockView): boolean {
  return candidates.length <= MOST_CANDIDATES;
}

function clipped(block: BlockView): BlockView {
  const candidates = block.candidates.map(candidate => ({
    ...candidate,
    name: clip(candidate.name),
    graph: candidate.graph && drawable(candidate.graph),
  }));
  return { ...block, name: clip(block.name), candidates };
}

/** The graph, if it is one: in topological order, and small enough for a picture. */
function drawable(graph: OperatorGraph): OperatorGraph | undefined {
  const fits =
    graph.length <= MOST_LAYERS &&
    graph.every(({ inputs }, i) => {
      return inputs.length > 0 && inputs.length <= MOST_INPUTS && inputs.every(from => from >= -1 && from < i);
    });
  return fits ? graph.map(({ name, inputs }) => ({ name: clip(name), inputs })) : undefined;
}
