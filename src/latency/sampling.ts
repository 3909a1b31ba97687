import type { Random } from '../base/random.ts';

/** How strongly a tilted network may prefer cheap or dear candidates: odds of the two ends up to e^3. */
const STRONGEST_TILT = 3;

/**
 * Different random networks, candidate index per block. Every other one is drawn uniformly; the rest lean, each by a random
 * amount, to cheap or to dear candidates: uniform draws alone all come out near the mean latency, while a search ends where the target is.
 * @param costsMs `[block][candidate]`, a first idea of the costs
 * @returns fewer than `count` when the space has hardly more networks than that
 */
export function sampleNetworks(costsMs: readonly (readonly number[])[], count: number, random: Random): number[][] {
  const drawn = new Map<string, number[]>();
  for (let attempt = 0; drawn.size < count && attempt < 20 * count; attempt++) {
    const tilt = attempt % 2 ? STRONGEST_TILT * (2 * random.next() - 1) : 0;
    const choices = costsMs.map(block => {
      const low = Math.min(...block);
      const range = Math.max(...block) - low || 1;
      return random.pick(block.map(cost => Math.exp((tilt * (cost - low)) / range)));
    });
    drawn.set(choices.join(' '), choices);
  }
  return [...drawn.values()];
}
