/** Factor that makes a median absolute deviation estimate a normal distribution's standard deviation. */
export const MAD_TO_SIGMA = 1.4826;

/** Middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values: ArrayLike<number>): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median ratio of values to others of the same key; 1 where they have no key in common. */
export function medianRatio<Key>(values: ReadonlyMap<Key, number>, others: ReadonlyMap<Key, number>): number {
  const ratios = [...values].flatMap(([key, value]) => {
    const other = others.get(key);
    return other === undefined ? [] : [value / other];
  });
  return ratios.length > 0 ? median(ratios) : 1;
}

/** Mean of the middle half: as robust as the median, and finer where values are whole numbers. NaN for none. */
export function middleMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const cut = sorted.length >> 2;
  const middle = sorted.subarray(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

export interface Spread {
  median: number;
  /** Median absolute deviation from the median. */
  mad: number;
  /** Distance from the median to the farther end of its 95 % confidence interval; infinite under six values. */
  halfWidth: number;
  /** Values more than five robust standard deviations above the median. */
  outliers: number;
}

/**
 * Median, its spread and its confidence interval. The interval is distribution-free: order statistics of ranks
 * n/2 -+ 1.96 sqrt(n)/2 (Conover, Practical Nonparametric Statistics, 3.2), since run times are skewed, never normal.
 */
export function spread(values: ArrayLike<number>): Spread {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const middle = medianOfSorted(sorted);
  const mad = median(sorted.map(value => Math.abs(value - middle)));
  const margin = (1.96 * Math.sqrt(n)) / 2;
  const low = Math.floor(n / 2 - margin);
  const high = Math.ceil(n / 2 + margin);
  const halfWidth =
    n < 6 ? Number.POSITIVE_INFINITY : Math.max(middle - sorted[low], sorted[Math.min(high, n - 1)] - middle);
  const limit = middle + 5 * MAD_TO_SIGMA * mad;
  return { median: middle, mad, halfWidth, outliers: sorted.filter(value => value > limit).length };
}
