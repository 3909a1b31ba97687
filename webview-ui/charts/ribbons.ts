/** A band between a candidate of one block and a candidate of the next, as wide as sampled networks take it often. */
export interface Ribbon {
  from: number;
  to: number;
  /** Left edges above and below, and the width, in px. */
  top: number;
  bottom: number;
  width: number;
}

/** The middle of column `i` of `count`. */
export function columnCentre(i: number, count: number, width: number): number {
  return ((i + 0.5) / count) * width;
}

/**
 * The bands between two blocks whose candidates have these probabilities. The blocks' choices are drawn independently,
 * so that a band's share is the product of the two; what leaves a candidate is what enters it. Bands thinner than
 * `thinnest` are left out.
 */
export function ribbons(
  above: readonly number[],
  below: readonly number[],
  width: number,
  widest: number,
  thinnest = 0.15,
): Ribbon[] {
  const found: Ribbon[] = [];
  const bottoms = below.map((q, j) => columnCentre(j, below.length, width) - (q * widest) / 2);
  for (const [i, p] of above.entries()) {
    let top = columnCentre(i, above.length, width) - (p * widest) / 2;
    for (const [j, q] of below.entries()) {
      const band = p * q * widest;
      if (band >= thinnest) found.push({ from: i, to: j, top, bottom: bottoms[j], width: band });
      top += band;
      bottoms[j] += band;
    }
  }
  return found;
}
