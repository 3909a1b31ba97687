/** The known name that was most likely meant by a misspelt one: less than half of its letters are wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(0.4 * name.length)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Letters to insert, remove or change to get from one text to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column++) {
      const change = row[column] + (letter === to[column] ? 0 : 1);
      next.push(Math.min(change, row[column + 1] + 1, next[column] + 1));
    }
    row = next;
  }
  return row[to.length];
}
