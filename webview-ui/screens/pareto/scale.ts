/** From this ratio of the slowest to the fastest on, a linear axis would crowd most networks at its start. */
const WIDE = 12;

/** An axis for latencies: where a latency stands on it, from 0 to 1; logarithmic where they are far apart. */
export function latencyScale(values: readonly number[]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const logarithmic = most / least >= WIDE;
  const air = (most - least) * 0.08 || most * 0.1;
  const low = logarithmic ? least / 1.25 : Math.max(0, least - air);
  const high = logarithmic ? most * 1.25 : most + air;
  const share = logarithmic
    ? (ms: number) => Math.log(ms / low) / Math.log(high / low)
    : (ms: number) => (ms - low) / (high - low);
  return { low, high, logarithmic, share };
}
