/** About this share of all points is averaged into each. */
const SHARE = 0.02;

/** An exponential moving average, without the pull of its own start that one has which begins at zero (as in Adam). */
export function smooth(values: Float64Array): Float64Array {
  const keep = 1 - 1 / Math.max(1, values.length * SHARE);
  let sum = 0;
  let weight = 0;
  return values.map(value => {
    sum = keep * sum + value;
    weight = keep * weight + 1;
    return sum / weight;
  });
}
