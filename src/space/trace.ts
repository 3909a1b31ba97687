import type { SourcePlace } from '../base/errors.ts';
import { LayerError } from './issues.ts';
import type { LayerGraph, LayerNode, MapShape } from './layerGraph.ts';
import { callerPlace } from './places.ts';

/** Where primitives land while an operator is traced. */
export class GraphBuilder {
  readonly nodes: LayerNode[] = [];

  /**
   * @param home where the operator was made: the place of its layers, unless a person's own function calls the primitive
   * @param outside the call under which tracing runs; a primitive whose caller is this one was called by a built-in
   */
  constructor(
    readonly input: MapShape,
    private readonly home: SourcePlace | undefined,
    private readonly outside: SourcePlace | undefined,
  ) {}

  place(): SourcePlace | undefined {
    const caller = callerPlace();
    const { outside } = this;
    return caller && (caller.line !== outside?.line || caller.file !== outside?.file) ? caller : this.home;
  }
}

/** A feature map inside an operator: its shape, and the primitives that led to it. Made by primitives only. */
export class MapTensor {
  /** @internal */
  constructor(
    /** @internal */
    readonly builder: GraphBuilder,
    /**
     * Index of the node in the builder, -1 for the operator's input.
     * @internal
     */
    readonly index: number,
    /** Channels, height, width. */
    readonly shape: MapShape,
  ) {}

  /** Number of channels. */
  get channels(): number {
    return this.shape[0];
  }

  /** Height in pixels. */
  get height(): number {
    return this.shape[1];
  }

  /** Width in pixels. */
  get width(): number {
    return this.shape[2];
  }
}

/** Adds a primitive to the graph its inputs belong to. */
export function append(
  node: Pick<LayerNode, 'op' | 'attributes'>,
  inputs: readonly MapTensor[],
  shape: MapShape,
): MapTensor {
  const { builder } = inputs[0];
  if (inputs.some(input => input.builder !== builder)) {
    fail(
      inputs[0],
      `${node.op} joins maps of two different operators.`,
      "Use only maps made from this operator's own input.",
    );
  }
  const complete = { ...node, inputs: inputs.map(input => input.index), shape, place: builder.place() };
  return new MapTensor(builder, builder.nodes.push(complete as LayerNode) - 1, shape);
}

/** Stops the tracing of an operator, at the person's call. */
export function fail(at: MapTensor, message: string, fix?: string): never {
  throw new LayerError(message, fix, at.builder.place());
}

/** The layers that lead to `output`, numbered anew; what an operator computed and did not use is gone. */
export function finish(output: MapTensor): LayerGraph {
  const { input, nodes } = output.builder;
  const used = new Set<number>();
  const visit = (index: number) => {
    if (index < 0 || used.has(index)) return;
    used.add(index);
    nodes[index].inputs.forEach(visit);
  };
  visit(output.index);
  const kept = [...used].sort((a, b) => a - b);
  const renumbered = new Map(kept.map((index, position) => [index, position]));
  const number = (index: number) => renumbered.get(index) ?? -1;
  return {
    input,
    output: number(output.index),
    nodes: kept.map(index => ({ ...nodes[index], inputs: nodes[index].inputs.map(number) })),
  };
}
