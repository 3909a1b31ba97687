import { signature } from '../../space/analysis.ts';
import { type LayerGraph, type MapShape, outputShape } from '../../space/layerGraph.ts';
import { formatShape } from '../../space/signature.ts';
import type { Dialect } from './importedTable.ts';
import { type Piece, piecesOf } from './pieces.ts';

/** What a part of a network is called in a published table. */
export interface TableKey {
  /** Name of the block it is in; empty for a graph of no blocks. */
  block: string;
  key: string;
}

/**
 * The entries of a published table that a network, or one operator of a space, is the sum of. What the table has no word
 * for stands there under a name of ours, so that it is missed rather than left out.
 */
export function tableKeys(graph: LayerGraph, dialect: Dialect): TableKey[] {
  return blocksOf(graph).flatMap(({ block, from, to, source }) => {
    const pieces = piecesOf(graph, from, to, source);
    const keys = pieces ? keysOf(pieces, dialect) : [describe(graph, from, to, source)];
    return keys.map(key => ({ block, key }));
  });
}

interface BlockRange {
  block: string;
  /** Its nodes, `to` exclusive. */
  from: number;
  to: number;
  /** The result of the block before it. */
  source: number;
}

function blocksOf({ nodes }: LayerGraph): BlockRange[] {
  const ranges: BlockRange[] = [];
  for (const [index, { block = '' }] of nodes.entries()) {
    const last = ranges.at(-1);
    if (last?.block === block) last.to = index + 1;
    else ranges.push({ block, from: index, to: index + 1, source: index - 1 });
  }
  return ranges;
}

function keysOf(pieces: readonly Piece[], dialect: Dialect): string[] {
  return pieces.flatMap((piece, p) => {
    // The ProxylessNAS table times pooling and classifier as one.
    const joined = dialect === 'proxyless' && piece.kind === 'pooling' && pieces[p + 1]?.kind === 'classifier';
    if (joined) return [];
    const before = pieces[p - 1];
    const pooled = dialect === 'proxyless' && piece.kind === 'classifier' && before?.kind === 'pooling';
    return [keyOf(pooled ? { ...piece, input: before.input } : piece, dialect)];
  });
}

function keyOf(piece: Piece, dialect: Dialect): string {
  const input = `input:${placesFirst(piece.input)}`;
  switch (piece.kind) {
    case 'convolution':
      return `Conv-${input}-output:${placesFirst(piece.output)}`;
    case 'pointwise':
      return `${piece.input[1] * piece.input[2] > 1 ? 'Conv_1' : 'Conv_2'}-${input}-output:${placesFirst(piece.output)}`;
    case 'pooling':
      return `AvgPool2D-${input}-output:1x1x${piece.input[0]}`;
    case 'classifier':
      return `Logits-${input}-output:${piece.output[0]}`;
    case 'bottleneck': {
      const { kernel, stride, mid, skip, squeezeExcite, hswish } = piece;
      const words = [
        `expanded_conv-${input}-output:${placesFirst(piece.output)}`,
        `expand:${dialect === 'proxyless' ? mid / piece.input[0] : mid}`,
        `kernel:${kernel}-stride:${stride}-idskip:${Number(skip)}`,
      ];
      // The ProxylessNAS table knows neither: with them it has no such entry, and this name says why.
      if (dialect === 'once-for-all' || squeezeExcite || hswish)
        words.push(`se:${Number(squeezeExcite)}-hs:${Number(hswish)}`);
      return words.join('-');
    }
  }
}

function placesFirst([channels, height, width]: MapShape): string {
  return `${height}x${width}x${channels}`;
}

/** A block that no published table has a word for. */
function describe(graph: LayerGraph, from: number, to: number, source: number): string {
  const nodes = graph.nodes.slice(from, to);
  const outside = new Set(nodes.flatMap(({ inputs }) => inputs.filter(input => input < from)));
  const output = formatShape(outputShape({ ...graph, output: to - 1 }));
  if (outside.size > 1) return `${nodes.length} layers on maps of ${outside.size} blocks ->${output}`;
  const input = source < 0 ? graph.input : graph.nodes[source].shape;
  const moved = nodes.map(node => ({ ...node, inputs: node.inputs.map(i => (i < from ? -1 : i - from)) }));
  return signature({ input, output: moved.length - 1, nodes: moved });
}
