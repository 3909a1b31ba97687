/** Entries kept at most; beyond that every second one is dropped. */
const LIMIT = 8192;

export interface Keyframe {
  step: number;
  /** Place of its line in the log. */
  offset: number;
}

/** Where in the log the whole state stands, so that a step can be looked at without reading all that came before. */
export class KeyframeIndex {
  private entries: Keyframe[] = [];
  private every = 1;
  private seen = 0;

  add(step: number, offset: number): void {
    if (this.seen++ % this.every !== 0) return;
    this.entries.push({ step, offset });
    if (this.entries.length < LIMIT) return;
    this.entries = this.entries.filter((_, i) => i % 2 === 0);
    this.every *= 2;
  }

  /** The last one at or before a step; where steps came again after a checkpoint, of the later attempt. */
  before(step: number): Keyframe | undefined {
    return this.entries.findLast(entry => entry.step <= step);
  }

  /** The first one after a step that lies behind a place of the log. */
  after(step: number, offset: number): Keyframe | undefined {
    return this.entries.find(entry => entry.offset > offset && entry.step > step);
  }
}
