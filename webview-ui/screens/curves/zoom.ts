/** Steps from one to another. */
export interface Range {
  from: number;
  to: number;
}

/** Fewer steps than this say nothing more. */
const FEWEST = 10;

/** Half of a range, around a step where one is looked at, else its end. */
export function zoomIn({ from, to }: Range, at: number | null): Range {
  const width = Math.max(FEWEST, (to - from) / 2);
  const start = Math.min(to - width, Math.max(from, (at ?? to) - width / 2));
  return { from: Math.max(from, start), to: Math.min(to, start + width) };
}
