/**
 * Class labels as distributions: `1 - smoothing` on the class and `smoothing / K` on every one (Szegedy et al., arXiv
 * 1512.00567, section 7). @returns `[N, K]`
 */
export function smoothedTargets(labels: ArrayLike<number>, classes: number, smoothing: number): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (let i = 0; i < labels.length; i++) targets[i * classes + labels[i]] += 1 - smoothing;
  return targets;
}

/** How many rows of `[N, K]` have their largest number at the label. */
export function countCorrect(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (scores[i * classes + k] > scores[i * classes + best]) best = k;
    if (best === labels[i]) correct++;
  }
  return correct;
}

/** Cross-entropy of logits `[N, K]` against labels, summed over the rows. */
export function sumCrossEntropy(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[i * classes + k]);
    let total = 0;
    for (let k = 0; k < classes; k++) total += Math.exp(logits[i * classes + k] - largest);
    sum += largest + Math.log(total) - logits[i * classes + labels[i]];
  }
  return sum;
}
