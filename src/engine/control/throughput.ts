/** Seconds that a rate is the mean of. */
const WINDOW_SECONDS = 5;

/** Images a second over the last seconds. */
export class Throughput {
  private readonly counts: { atMs: number; images: number }[] = [];

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  add(images: number): void {
    this.counts.push({ atMs: this.nowMs(), images });
    this.forget();
  }

  /** Null where nothing was computed in the last seconds. */
  perSecond(): number | null {
    this.forget();
    const [first] = this.counts;
    if (!first) return null;
    const images = this.counts.reduce((sum, count) => sum + count.images, -first.images);
    const seconds = (this.nowMs() - first.atMs) / 1000;
    // The first count ends where the time begins.
    return seconds > 0 && images > 0 ? images / seconds : null;
  }

  private forget(): void {
    const oldest = this.nowMs() - WINDOW_SECONDS * 1000;
    const fresh = this.counts.findIndex(({ atMs }) => atMs >= oldest);
    this.counts.splice(0, fresh < 0 ? this.counts.length : fresh);
  }
}
