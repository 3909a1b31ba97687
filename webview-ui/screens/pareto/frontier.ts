/** The points that no other beats in both figures, from the fastest to the most accurate. */
export function frontier<Point extends { accuracy: number; latencyMs: number }>(points: readonly Point[]): Point[] {
  const found: Point[] = [];
  const sorted = points.toSorted((a, b) => a.latencyMs - b.latencyMs || b.accuracy - a.accuracy);
  for (const point of sorted) {
    const best = found.at(-1);
    if (!best || point.accuracy > best.accuracy) found.push(point);
  }
  return found;
}
