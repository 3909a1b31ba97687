/** Buckets a series has at most; each holds two points. */
const BUCKETS = 2048;

/** A curve in points that ascend by step. */
export interface Points {
  steps: Float64Array;
  values: Float64Array;
}

/**
 * A curve of any length in bounded memory: steps are gathered in buckets of equal width, of which each keeps its least
 * and its largest value, so that no spike is lost. When the buckets run out, neighbours are merged and the width doubles.
 * A step that comes again, as after going on from a checkpoint, falls into its old bucket.
 */
export class Series {
  private width = 1;
  private readonly used = new Uint8Array(BUCKETS);
  private readonly low: Points = { steps: new Float64Array(BUCKETS), values: new Float64Array(BUCKETS) };
  private readonly high: Points = { steps: new Float64Array(BUCKETS), values: new Float64Array(BUCKETS) };

  /** @param from first step; earlier ones are left out */
  constructor(private readonly from = 0) {}

  /** Steps in a bucket: how coarse the curve has become. */
  get stepsPerBucket(): number {
    return this.width;
  }

  add(step: number, value: number): void {
    if (!Number.isFinite(value) || !Number.isSafeInteger(step) || step < this.from) return;
    while (step - this.from >= this.width * BUCKETS) this.merge();
    this.put(Math.floor((step - this.from) / this.width), step, value);
  }

  /** At most about so many points, in order of their steps. */
  points(limit = 2 * BUCKETS): Points {
    const group = Math.max(1, Math.ceil((2 * this.lastBucket()) / Math.max(2, limit)));
    const steps: number[] = [];
    const values: number[] = [];
    for (let begin = 0; begin < BUCKETS; begin += group) {
      const low = this.extreme(begin, begin + group, this.low, (a, b) => a < b);
      const high = this.extreme(begin, begin + group, this.high, (a, b) => a > b);
      if (low < 0) continue;
      const pair = [
        [this.low.steps[low], this.low.values[low]],
        [this.high.steps[high], this.high.values[high]],
      ].sort((a, b) => a[0] - b[0]);
      for (const [step, value] of pair[0][0] === pair[1][0] ? pair.slice(1) : pair) {
        steps.push(step);
        values.push(value);
      }
    }
    return { steps: Float64Array.from(steps), values: Float64Array.from(values) };
  }

  private put(bucket: number, step: number, value: number): void {
    const fresh = this.used[bucket] === 0;
    this.used[bucket] = 1;
    if (fresh || value <= this.low.values[bucket]) set(this.low, bucket, step, value);
    if (fresh || value >= this.high.values[bucket]) set(this.high, bucket, step, value);
  }

  private merge(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const from = 2 * bucket;
      const inside = from < BUCKETS;
      const low = inside ? this.extreme(from, from + 2, this.low, (a, b) => a < b) : -1;
      const high = inside ? this.extreme(from, from + 2, this.high, (a, b) => a > b) : -1;
      if (low >= 0) set(this.low, bucket, this.low.steps[low], this.low.values[low]);
      if (high >= 0) set(this.high, bucket, this.high.steps[high], this.high.values[high]);
      this.used[bucket] = low >= 0 ? 1 : 0;
    }
    this.width *= 2;
  }

  /** The used bucket of a range whose value goes before all others'; -1 where none is used. */
  private extreme(begin: number, end: number, of: Points, before: (a: number, b: number) => boolean): number {
    let found = -1;
    for (let i = begin; i < Math.min(end, BUCKETS); i++) {
      if (this.used[i] === 1 && (found < 0 || before(of.values[i], of.values[found]))) found = i;
    }
    return found;
  }

  private lastBucket(): number {
    return this.used.lastIndexOf(1) + 1;
  }
}

function set({ steps, values }: Points, i: number, step: number, value: number): void {
  steps[i] = step;
  values[i] = value;
}
