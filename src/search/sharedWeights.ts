import { type LayerGraph, shapeAt } from '../space/layerGraph.ts';
import type { Parameter } from '../training/parameters.ts';
import type { Part } from '../training/part.ts';

/**
 * Weights that the candidates of one block have in common (Stamoulis et al., Single-Path NAS, arXiv 1904.02877): one
 * tensor per convolution, as large as the largest candidate's. A narrower expansion is its first channels, a smaller
 * kernel its centre. Every step of any candidate then trains them all, where candidates with weights of their own each
 * see a fraction of the steps. Batch norms stay each candidate's own, and only candidates of one form have anything in
 * common: the expanding convolution of one operator is not the depthwise one of another.
 */
export class SharedWeights {
  /** By form and place among the parameters. */
  private readonly tensors = new Map<string, Parameter>();
  private readonly forms: ReadonlyMap<Part, string>;

  constructor(candidates: readonly { part: Part; layers: LayerGraph }[]) {
    this.forms = new Map(candidates.map(({ part, layers }) => [part, formOf(layers)]));
    for (const { part } of candidates)
      for (const [index, parameter] of part.parameters.entries())
        if (shareable(parameter)) this.widen(this.keyOf(part, index), parameter);
    for (const { part } of candidates) this.push(part);
  }

  /** Copies what a candidate uses of the common weights, and of their momentum if it has any, into the candidate. */
  pull(part: Part): void {
    this.copy(part, 'values', 'pull');
    this.copy(part, 'momentum', 'pull');
  }

  /** Gives a candidate momentum, its part of the common one: before it is updated. */
  pullMomentum(part: Part): void {
    for (const own of part.parameters) if (shareable(own)) own.momentum ??= new Float32Array(own.values.length);
    this.copy(part, 'momentum', 'pull');
  }

  /** Copies a candidate's weights, after a step, back to where they are common; their momentum, if it has any, too. */
  push(part: Part): void {
    this.copy(part, 'values', 'push');
    this.copy(part, 'momentum', 'push');
  }

  private keyOf(part: Part, index: number): string {
    return `${this.forms.get(part)} ${index}`;
  }

  /** The common tensor of this place in the candidates becomes large enough for one more. */
  private widen(key: string, { momentum: _, ...parameter }: Parameter): void {
    const before = this.tensors.get(key);
    const dims = parameter.dims.map((size, axis) => Math.max(size, before?.dims[axis] ?? 0));
    const size = dims.reduce((product, dim) => product * dim, 1);
    this.tensors.set(key, { ...parameter, dims, values: new Float32Array(size), momentum: new Float32Array(size) });
  }

  private copy(part: Part, kind: 'values' | 'momentum', direction: 'pull' | 'push'): void {
    for (const [index, { dims, [kind]: own }] of part.parameters.entries()) {
      const tensor = this.tensors.get(this.keyOf(part, index));
      const common = tensor?.[kind];
      if (!own || !common || !shareable({ dims })) continue;
      const [out, input, kernel] = dims;
      const [, width, side] = tensor.dims;
      const border = (side - kernel) / 2;
      let at = 0;
      for (let o = 0; o < out; o++)
        for (let i = 0; i < input; i++)
          for (let row = 0; row < kernel; row++) {
            let from = ((o * width + i) * side + border + row) * side + border;
            for (let column = 0; column < kernel; column++, at++, from++)
              if (direction === 'pull') own[at] = common[from];
              else common[from] = own[at];
          }
    }
  }
}

/** What two candidates have to agree in to share weights: the same layers in the same order, but for widths and kernels. */
function formOf(layers: LayerGraph): string {
  return layers.nodes
    .map(({ op, attributes, inputs }) => {
      if (op !== 'conv2d') return `${op} ${inputs}`;
      const { groups, dilation } = attributes;
      const [channels] = shapeAt(layers, inputs[0]);
      return `${op} ${inputs} ${groups === 1 ? 'dense' : channels / groups} d${dilation}`;
    })
    .join();
}

function shareable({ dims }: Pick<Parameter, 'dims'>): boolean {
  return dims.length === 4;
}
