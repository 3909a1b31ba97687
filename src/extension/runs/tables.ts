/** Tables of numbers by choice block, then candidate. */

export function zeros(sizes: readonly number[]): number[][] {
  return sizes.map(size => new Array<number>(size).fill(0));
}

/** Whether a table has the space's shape. */
export function fitting(table: readonly (readonly number[])[], sizes: readonly number[]): boolean {
  return table.length === sizes.length && table.every((row, block) => row.length === sizes[block]);
}

export function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const exponentials = values.map(value => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map(value => value / total);
}

/** Mean entropy of the rows, in nats. */
export function entropyOf(rows: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const row of rows) for (const p of row) if (p > 0) sum -= p * Math.log(p);
  return rows.length > 0 ? sum / rows.length : 0;
}

/** Takes gradients off the sums at their places: a descent step raises what has a negative gradient. */
export function accumulate(sums: number[], places: readonly number[], gradients: readonly number[]): void {
  for (const [i, place] of places.entries()) {
    if (place >= 0 && place < sums.length && i < gradients.length) sums[place] -= gradients[i];
  }
}
