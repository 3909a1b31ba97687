/** What the candidates of a block cost relative to their mean, so that devices of any speed compare; 0 where none costs anything. */
export function relativeCosts(costsMs: readonly number[]): number[] {
  const mean = costsMs.reduce((sum, ms) => sum + ms, 0) / costsMs.length;
  return costsMs.map(ms => (mean > 0 ? ms / mean : 0));
}
