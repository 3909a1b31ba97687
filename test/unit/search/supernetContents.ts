import type { Supernet } from '../../../src/search/supernet.ts';

/** A copy of all that a checkpoint holds of a supernet, by name. */
export function contents(supernet: Supernet): Map<string, Float32Array> {
  const copies = new Map<string, Float32Array>();
  for (const { name, values } of supernet.tensors({ momentum: true })) copies.set(name, values.slice());
  return copies;
}
