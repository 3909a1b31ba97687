import { readFileSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { decodeTensors, type NamedTensor } from '../../export/safetensors.ts';
import type { TrainedNumbers } from '../../search/inference.ts';
import { partDefinition } from '../../search/layers.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { Part } from '../../training/part.ts';

/** A trained network's numbers as named tensors: parameters by their name, and every batch norm's running statistics. */
export function weightTensors({ parameters, running }: Part): NamedTensor[] {
  return [
    ...parameters.map(({ name, dims, values }) => ({ name, dims, values })),
    ...running.flatMap(({ mean, variance }, i) => [
      { name: `norm${i}.mean`, dims: [mean.length], values: mean },
      { name: `norm${i}.variance`, dims: [variance.length], values: variance },
    ]),
  ];
}

/** The reverse; undefined when the tensors are not those of this network. */
export function trainedNumbers(
  layers: LayerGraph,
  tensors: ReadonlyMap<string, NamedTensor>,
): TrainedNumbers | undefined {
  const { parameters, norms } = partDefinition(layers, false);
  const values = (name: string, size: number) => {
    const found = tensors.get(name)?.values;
    return found?.length === size ? found : undefined;
  };
  const size = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
  const foundParameters = parameters.map(({ name, dims }) => values(name, size(dims)));
  const foundMeans = norms.map(({ channels }, i) => values(`norm${i}.mean`, channels));
  const foundVariances = norms.map(({ channels }, i) => values(`norm${i}.variance`, channels));
  if ([...foundParameters, ...foundMeans, ...foundVariances].includes(undefined)) return undefined;
  return {
    parameters: foundParameters.map(found => ({ values: found as Float32Array })),
    running: norms.map((_, i) => ({
      mean: foundMeans[i] as Float32Array,
      variance: foundVariances[i] as Float32Array,
    })),
  };
}

/** Tensors of a file. @param remedy what to do when it is missing */
export function readTensors(file: string, remedy: string): Map<string, NamedTensor> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new UserError(`${file} is missing: ${remedy}`);
  }
  return decodeTensors(bytes, file);
}
