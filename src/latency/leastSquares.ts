/**
 * Minimises `sum_r (A x - b)_r^2 + sum_j ridge_j (x_j - prior_j)^2` over x >= 0.
 *
 * Coordinate descent on the normal equations, each coordinate put at its exact minimum and cut off at 0 (Franc, Hlavac,
 * Navara, "Sequential coordinate-wise algorithm for the non-negative least squares problem", CAIP 2005): the problem is convex
 * and the bound separable, so it ends at the optimum; some hundred unknowns need no more.
 * @param rows the matrix A
 * @param prior also where the descent starts
 */
export function nonNegativeLeastSquares(
  rows: readonly Float64Array[],
  b: ArrayLike<number>,
  ridge: ArrayLike<number>,
  prior: ArrayLike<number>,
): Float64Array {
  const n = prior.length;
  const gram = Array.from({ length: n }, (_, j) => {
    const row = new Float64Array(n);
    row[j] = ridge[j];
    return row;
  });
  const right = Float64Array.from({ length: n }, (_, j) => ridge[j] * prior[j]);
  for (let r = 0; r < rows.length; r++) {
    for (let j = 0; j < n; j++) {
      const value = rows[r][j];
      if (value === 0) continue;
      right[j] += value * b[r];
      for (let k = 0; k < n; k++) gram[j][k] += value * rows[r][k];
    }
  }

  const x = Float64Array.from(prior, value => Math.max(0, value));
  // gradient = gram x - right, kept up to date as coordinates move.
  const gradient = Float64Array.from(right, (value, j) => {
    let sum = -value;
    for (let k = 0; k < n; k++) sum += gram[j][k] * x[k];
    return sum;
  });
  for (let sweep = 0; sweep < 10_000; sweep++) {
    let largest = 0;
    let size = 0;
    for (let j = 0; j < n; j++) {
      if (gram[j][j] === 0) continue;
      const moved = Math.max(0, x[j] - gradient[j] / gram[j][j]) - x[j];
      if (moved !== 0) {
        x[j] += moved;
        for (let k = 0; k < n; k++) gradient[k] += gram[k][j] * moved;
      }
      largest = Math.max(largest, Math.abs(moved));
      size = Math.max(size, x[j]);
    }
    if (largest <= 1e-10 * size) break;
  }
  return x;
}
