/** How well predicted latencies agree with measured ones. */
export interface Accuracy {
  networks: number;
  /** Share (0 to 1) of networks whose prediction is within 5 %, 10 % of the measured time. */
  within5pct: number;
  within10pct: number;
  /** Root mean square of (predicted - measured) / measured. */
  relRmse: number;
  rmseMs: number;
  /** Rank agreement, 1 for the same order, -1 for the opposite one. */
  kendallTau: number;
}

/** Agreement of predictions with measurements, both in ms, on networks that were not used to make the predictor. */
export function accuracy(predictedMs: readonly number[], measuredMs: readonly number[]): Accuracy {
  const n = measuredMs.length;
  const errors = measuredMs.map((ms, i) => predictedMs[i] - ms);
  const relative = errors.map((error, i) => error / measuredMs[i]);
  const within = (limit: number) => relative.filter(error => Math.abs(error) <= limit).length / n;
  return {
    networks: n,
    within5pct: within(0.05),
    within10pct: within(0.1),
    relRmse: rootMeanSquare(relative),
    rmseMs: rootMeanSquare(errors),
    kendallTau: kendallTau(predictedMs, measuredMs),
  };
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/**
 * Kendall's tau-b, which allows for ties, in O(n log n) (Knight, "A computer method for calculating Kendall's tau with
 * ungrouped data", JASA 61, 1966): sorted by x, the discordant pairs are the exchanges a merge sort by y makes. 0 when one side is all ties.
 */
export function kendallTau(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const order = x.map((_, i) => i).sort((i, j) => x[i] - x[j] || y[i] - y[j]);
  const tiedX = tiedPairs(order, (i, j) => x[i] === x[j]);
  const tiedBoth = tiedPairs(order, (i, j) => x[i] === x[j] && y[i] === y[j]);
  const discordant = sortCountingExchanges(order, i => y[i]);
  const tiedY = tiedPairs(order, (i, j) => y[i] === y[j]);
  const pairs = (n * (n - 1)) / 2;
  const concordantLessDiscordant = pairs - tiedX - tiedY + tiedBoth - 2 * discordant;
  const scale = Math.sqrt((pairs - tiedX) * (pairs - tiedY));
  return scale === 0 ? 0 : concordantLessDiscordant / scale;
}

/** Pairs within runs of equal neighbours. */
function tiedPairs(order: readonly number[], equal: (i: number, j: number) => boolean): number {
  let pairs = 0;
  for (let at = 1, run = 1; at < order.length; at++) {
    run = equal(order[at - 1], order[at]) ? run + 1 : 1;
    pairs += run - 1;
  }
  return pairs;
}

/** Stable bottom-up merge sort in place; returns the number of exchanges of neighbours it stands for. */
function sortCountingExchanges(items: number[], key: (item: number) => number): number {
  let exchanges = 0;
  for (let width = 1; width < items.length; width *= 2) {
    for (let from = 0; from + width < items.length; from += 2 * width) {
      const left = items.slice(from, from + width);
      const right = items.slice(from + width, from + 2 * width);
      for (let at = from, l = 0, r = 0; l < left.length || r < right.length; at++) {
        if (r === right.length || (l < left.length && key(left[l]) <= key(right[r]))) items[at] = left[l++];
        else {
          items[at] = right[r++];
          exchanges += left.length - l;
        }
      }
    }
  }
  return exchanges;
}
