import type { FileHandle } from 'node:fs/promises';
import type { Curves, LiveView } from '../../protocol/viewer.ts';
import { CurveSet } from './curves.ts';
import { linesBetween } from './lines.ts';
import { checkEvent, numberOf, parseLine } from './logEvents.ts';
import { LogReader } from './logReader.ts';
import { openRegular } from './regularFile.ts';
import { RunFold } from './runFold.ts';

/** A log up to this size is read whole before anything is shown. */
const SMALL = 1 << 20;
/** How much of a larger log's end is searched for a keyframe: this, and up to so many times more. */
const FARTHEST_KEYFRAME = 32;
/** How much is read to look at a step or a range of steps. */
const LONGEST_LOOK = 64 << 20;

/** Bytes by which the end of what was read is known again: the time and the figures of an event. */
const RECOGNISED = 80;

/**
 * A run's log as it is looked at while it grows. A long one opens at once: from its first lines and from the last
 * keyframe to the end. Its past, with the curves, is then read in the background by a second reader, which takes over.
 */
export class RunLog {
  private reader = new LogReader();
  private past: LogReader | undefined;
  private closed = false;
  /** Where the reading of the end began; undefined where all was read. */
  private tailFrom: number | undefined;
  /** What stood before the place that was read to. */
  private lastBytes: Buffer = Buffer.alloc(0);
  private busy: Promise<unknown> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  /** @returns undefined where there is no log yet */
  static async open(path: string): Promise<RunLog | undefined> {
    const file = await openRegular(path);
    if (!file) return undefined;
    const log = new RunLog(file);
    await log.readEnds();
    return log;
  }

  get fold(): RunFold {
    return this.reader.fold;
  }

  /** Takes what was appended. @returns whether there was anything */
  poll(): Promise<boolean> {
    return this.alone(async () => {
      if (await this.wasCut()) {
        // A run that goes on from a checkpoint does the steps after it again.
        this.reader = new LogReader();
        this.past = undefined;
        this.tailFrom = undefined;
        await this.readEnds();
        return true;
      }
      const before = this.reader.position;
      await this.readOn(this.reader);
      return this.reader.position > before;
    });
  }

  /** Reads the past of a long log, once. @param onProgress called now and then, when the curves have grown */
  async readPast(onProgress: () => void): Promise<void> {
    const { tailFrom } = this;
    if (tailFrom === undefined || this.past || this.closed) return;
    const past = new LogReader();
    this.past = past;
    const overtaken = () => this.closed || this.past !== past;
    for await (const lines of linesBetween(this.file, 0, tailFrom)) {
      if (overtaken()) return;
      for (const line of lines) past.take(line, true);
      onProgress();
    }
    past.position = tailFrom;
    await this.alone(async () => {
      if (overtaken()) return;
      await this.readOn(past);
      this.reader = past;
      this.past = undefined;
      this.tailFrom = undefined;
    });
    onProgress();
  }

  /** Curves of the whole run, or as fine as the log has them of a range of steps. */
  async curves(points: number, range?: { from: number; to: number }): Promise<Curves> {
    const { curves } = this.past ?? this.reader;
    if (!range) return curves.curves(points);
    const fineEnough = (range.to - range.from) / points >= curves.stepsPerBucket;
    if (fineEnough || curves.stepsPerBucket === 1) return curves.curves(points, range);
    return (await this.look(range, points)) ?? curves.curves(points, range);
  }

  /** The state when so many weight steps were done. */
  async replay(step: number): Promise<LiveView> {
    const { keyframes, start } = this.past ?? this.reader;
    const fold = new RunFold();
    if (start) fold.apply(start);
    // The step itself has what is in no keyframe.
    const from = keyframes.before(step - 1)?.offset ?? 0;
    const to = Math.min(this.reader.position, from + LONGEST_LOOK);
    for await (const lines of linesBetween(this.file, from, to)) {
      for (const { text } of lines) {
        const raw = parseLine(text);
        if (!raw) continue;
        // Weight steps are counted from 0.
        if (raw.type === 'weights' && (numberOf(raw, 'step') ?? 0) >= step) return fold.live();
        const event = checkEvent(raw);
        if (event && event.type !== 'start') fold.apply(event);
      }
    }
    return fold.live();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.busy.catch(() => {});
    await this.file.close();
  }

  /** Reads a range of steps anew, at its own resolution; undefined where it is too long for that. */
  private async look(range: { from: number; to: number }, points: number): Promise<Curves | undefined> {
    const { keyframes, position } = this.past ?? this.reader;
    const from = keyframes.before(range.from)?.offset ?? 0;
    const to = keyframes.after(range.to, from)?.offset ?? position;
    if (to - from > LONGEST_LOOK) return undefined;
    const curves = new CurveSet(Math.floor(range.from));
    for await (const lines of linesBetween(this.file, from, to)) {
      for (const { text } of lines) {
        const raw = parseLine(text);
        if (raw) curves.take(raw);
      }
    }
    return curves.curves(points, range);
  }

  /** Whether the log is not any more what was read of it. */
  private async wasCut(): Promise<boolean> {
    return !(await this.bytesBefore(this.reader.position)).equals(this.lastBytes);
  }

  private async bytesBefore(position: number): Promise<Buffer> {
    const length = Math.min(position, RECOGNISED);
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(length), 0, length, position - length);
    return buffer.subarray(0, bytesRead);
  }

  private async readEnds(): Promise<void> {
    const { size } = await this.file.stat();
    if (size <= SMALL) return this.readOn(this.reader);
    await this.readHead(SMALL);
    const tailFrom = await this.lastKeyframe(size);
    // Without a keyframe, as in logs of the first version, the present is the sum of all that happened.
    if (tailFrom === undefined) return this.readOn(this.reader);
    this.tailFrom = tailFrom;
    this.reader.position = tailFrom;
    await this.readOn(this.reader);
  }

  /** The events before the first step. */
  private async readHead(limit: number): Promise<void> {
    for await (const lines of linesBetween(this.file, 0, limit)) {
      for (const line of lines) {
        if (parseLine(line.text)?.type === 'weights') return;
        this.reader.take(line);
      }
    }
  }

  /** Where the last keyframe stands that a step follows: what a step alone says, such as its path, is in none. */
  private async lastKeyframe(size: number): Promise<number | undefined> {
    for (let bytes = SMALL; bytes <= SMALL * FARTHEST_KEYFRAME; bytes *= 2) {
      const from = Math.max(this.reader.position, size - bytes);
      let [last, found]: (number | undefined)[] = [];
      // The first line is a part of one; as such it is no event.
      for await (const lines of linesBetween(this.file, from, size)) {
        for (const { text, from: lineFrom } of lines) {
          if (text.includes('"type":"weights"')) found = last;
          else if (text.includes('"type":"keyframe"') && parseLine(text)?.type === 'keyframe') last = lineFrom;
        }
      }
      if (found !== undefined || from === this.reader.position) return found;
    }
    return undefined;
  }

  private async readOn(reader: LogReader): Promise<void> {
    const { size } = await this.file.stat();
    for await (const lines of linesBetween(this.file, reader.position, size)) {
      if (this.closed) return;
      for (const line of lines) reader.take(line);
    }
    this.lastBytes = await this.bytesBefore(reader.position);
  }

  /** One after another: two readings from the same place would take events twice. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.busy.catch(() => {}).then(work);
    this.busy = next;
    return next;
  }
}
