import type { RunEvent } from '../../protocol/events.ts';
import { CurveSet } from './curves.ts';
import { KeyframeIndex } from './keyframes.ts';
import type { Line } from './lines.ts';
import { checkEvent, numberOf, parseLine } from './logEvents.ts';
import { RunFold } from './runFold.ts';

/** Events that come at every step. After a keyframe those before it say nothing more about the present. */
const everyStep = new Set(['weights', 'architecture', 'keyframe']);

/** What has been read of a log: the state, the curves, and where the keyframes are. All in bounded memory. */
export class LogReader {
  readonly fold = new RunFold();
  readonly curves = new CurveSet();
  readonly keyframes = new KeyframeIndex();
  /** First event, from which a state at any step begins. */
  start: RunEvent | undefined;
  /** Bytes of the log that were read. */
  position = 0;

  /**
   * @param past true for what lies before a later keyframe: of its steps only curves and places are kept, which makes
   * reading several times as fast
   */
  take({ text, from, to }: Line, past = false): void {
    this.position = to;
    const raw = parseLine(text);
    if (!raw) return;
    this.curves.take(raw);
    if (raw.type === 'keyframe') this.keyframes.add(numberOf(raw, 'step') ?? 0, from);
    if (past && everyStep.has(raw.type)) return;
    const event = checkEvent(raw);
    if (!event) return;
    if (event.type === 'start') this.start ??= event;
    this.fold.apply(event);
  }
}
