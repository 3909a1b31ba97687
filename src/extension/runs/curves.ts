import type { CurveName, Curves } from '../../protocol/viewer.ts';
import { numberOf, type RawEvent, recordOf } from './logEvents.ts';
import { type Points, Series } from './series.ts';

/** Weight of a batch's accuracy in the running mean: a batch is some dozen images, its accuracy mostly noise. */
const SMOOTHING = 0.05;

/** The running mean of training accuracies after one more. */
export function smoothedAccuracy(mean: number | null, accuracy: number): number {
  return mean === null ? accuracy : mean + SMOOTHING * (accuracy - mean);
}

/** The curves of a run, or of a range of its steps, gathered event by event in bounded memory. */
export class CurveSet {
  private readonly series = new Map<CurveName, Series>();
  private accuracy: number | null = null;
  private first = Number.POSITIVE_INFINITY;
  private last = 0;
  /** Step of the weight step before: an epoch's figures have none of their own. */
  private step = 0;

  /** @param from first step that is kept; those before only begin the running mean */
  constructor(private readonly from = 0) {}

  /** Takes the numbers it draws, each by itself: this runs over logs of any length and any origin. */
  take(raw: RawEvent): void {
    if (raw.type === 'weights') {
      this.step = numberOf(raw, 'step') ?? this.step;
      this.first = Math.min(this.first, Math.max(this.step, this.from));
      this.last = Math.max(this.last, this.step);
      this.add('loss', raw, 'loss');
      const accuracy = numberOf(raw, 'accuracy');
      if (accuracy === undefined) return;
      this.accuracy = smoothedAccuracy(this.accuracy, accuracy);
      this.put('trainAccuracy', this.accuracy);
    } else if (raw.type === 'architecture') {
      this.add('expectedMs', raw, 'expectedMs');
    } else if (raw.type === 'keyframe') {
      this.accuracy = numberOf(raw, 'trainAccuracy') ?? this.accuracy;
      this.add('entropy', raw, 'entropy');
      this.add('energy', recordOf(raw, 'energy'), 'joules');
    } else if (raw.type === 'epoch') {
      this.add('validationAccuracy', raw, 'accuracy');
      this.add('expectedMs', raw, 'expectedMs');
      this.add('entropy', raw, 'entropy');
    }
  }

  /** Steps per point of the finest curve. */
  get stepsPerBucket(): number {
    return Math.max(1, ...[...this.series.values()].map(({ stepsPerBucket }) => stepsPerBucket));
  }

  /**
   * @param points about how many of them a curve may have
   * @param range steps to keep; all by default
   */
  curves(points: number, range = { from: Math.min(this.first, this.last), to: this.last }): Curves {
    // Of a part of the steps, so many of the whole's points as give the part its own.
    const share = Math.min(1, Math.max(1, range.to - range.from) / Math.max(1, this.last - this.first));
    const entries = [...this.series].map(([name, series]) => {
      return [name, between(series.points(points / share), range)] as const;
    });
    return { ...range, series: Object.fromEntries(entries) };
  }

  private add(curve: CurveName, raw: Record<string, unknown>, field: string): void {
    const value = numberOf(raw, field);
    if (value !== undefined) this.put(curve, value);
  }

  private put(curve: CurveName, value: number): void {
    let series = this.series.get(curve);
    if (!series) {
      series = new Series(this.from);
      this.series.set(curve, series);
    }
    series.add(this.step, value);
  }
}

/** The points of a range of steps, with a neighbour on each side, so that lines reach its edges. */
function between({ steps, values }: Points, { from, to }: { from: number; to: number }): Points {
  const first = steps.findIndex(step => step >= from);
  const begin = Math.max(0, (first < 0 ? steps.length : first) - 1);
  const behind = steps.findIndex(step => step > to);
  const end = behind < 0 ? steps.length : behind + 1;
  return { steps: steps.slice(begin, end), values: values.slice(begin, end) };
}
