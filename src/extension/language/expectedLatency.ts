import type { BlockView, SpaceView } from '../../protocol/spaceView.ts';

/** Latency of a block while each of its candidates is equally likely; null where one was never profiled. */
export function expectedMs({ candidates }: BlockView): number | null {
  let sum = 0;
  for (const { latencyMs } of candidates) {
    if (latencyMs === null) return null;
    sum += latencyMs;
  }
  return sum / candidates.length;
}

/** Of several blocks together; null where one is not known. */
export function sumExpectedMs(blocks: readonly BlockView[]): number | null {
  const parts = blocks.map(expectedMs);
  return parts.every(part => part !== null) ? parts.reduce((sum, part) => sum + part, 0) : null;
}

/** Of the whole network, what it costs besides its blocks included. */
export function totalExpectedMs({ blocks, fixedMs }: SpaceView): number | null {
  const sum = sumExpectedMs(blocks);
  return sum === null || fixedMs === null ? null : sum + fixedMs;
}
