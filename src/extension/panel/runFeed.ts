import type { FromPage, RunView, ToPage } from '../../protocol/viewer.ts';
import { VIEWER_VERSION } from '../../protocol/viewerNames.ts';
import type { RunModel } from '../runs/runModel.ts';
import { changedFields } from './changes.ts';

/** Milliseconds between a picture and the next look at a run that is being worked on, and between two sendings of its curves. */
const LIVE_MS = 100;
const CURVES_MS = 1000;

export type CurvesRequest = Extract<FromPage, { type: 'curves' }>;

/** What of a run is needed to show it. */
export type FeedRun = Pick<RunModel, 'running' | 'refresh' | 'readPast' | 'curves' | 'view'>;

/**
 * What the page is sent of a run: a snapshot, then what changed, at most ten times a second and never before the page has
 * drawn what it was sent: it draws on the thread that the editor's window lives on. Curves are sent again as they grow.
 * Begins when the page says that it is ready and pauses while it is hidden.
 */
export class RunFeed {
  private sent: RunView | undefined;
  private timer: NodeJS.Timeout | undefined;
  private curvesAsked: CurvesRequest | undefined;
  private curvesSentAt = 0;
  private curvesOld = false;
  private looking = false;
  /** What was sent is not drawn yet. */
  private drawing = false;
  /** Something may have changed meanwhile. */
  private due = false;
  /** Nobody looks: nothing is read or sent. */
  private paused = true;

  constructor(
    private readonly model: FeedRun,
    private readonly post: (message: ToPage) => void,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** Shows the run from its beginning, as a page that has just been made needs it. */
  async start(): Promise<void> {
    this.paused = false;
    this.drawing = false;
    this.sent = undefined;
    this.curvesAsked = undefined;
    await this.look();
  }

  /** The page is hidden or gone; it starts anew when it is made anew. */
  pause(): void {
    this.paused = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The page has drawn what it was sent. */
  shown(): void {
    this.drawing = false;
    if (this.due) this.schedule();
  }

  /** Something may have changed. */
  schedule(): void {
    if (this.paused) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.look().catch(this.onProblem);
    }, LIVE_MS);
  }

  async curves(request: CurvesRequest): Promise<void> {
    this.curvesAsked = request;
    await this.sendCurves();
  }

  private async look(): Promise<void> {
    this.due = this.drawing;
    if (this.looking || this.paused || this.drawing) return;
    this.looking = true;
    try {
      const grown = await this.model.refresh();
      this.curvesOld ||= grown;
      if (this.paused) return;
      this.send(this.model.view());
      this.readPast();
      if (this.curvesOld && this.curvesAsked && Date.now() - this.curvesSentAt >= CURVES_MS) await this.sendCurves();
    } finally {
      this.looking = false;
    }
    if (this.model.running || (this.curvesOld && this.curvesAsked)) this.schedule();
  }

  /** Has the past of a long log read, where it was not yet; the page is sent what there is of it meanwhile. */
  private readPast(): void {
    const onProgress = () => {
      this.curvesOld = true;
      this.schedule();
    };
    this.model.readPast(onProgress).catch(this.onProblem);
  }

  private send(view: RunView): void {
    const changes = this.sent && changedFields(this.sent, view);
    if (this.sent && !changes) return;
    this.drawing = true;
    this.post(changes ? { type: 'delta', changes } : { type: 'snapshot', version: VIEWER_VERSION, run: view });
    this.sent = view;
  }

  private async sendCurves(): Promise<void> {
    if (!this.curvesAsked) return;
    this.curvesOld = false;
    this.curvesSentAt = Date.now();
    this.post({ type: 'curves', ...(await this.model.curves(...curvesOf(this.curvesAsked))) });
  }
}

/** What a page's request is of a run's curves. */
export function curvesOf({ points, from, to }: CurvesRequest): Parameters<FeedRun['curves']> {
  const range = from !== undefined && to !== undefined ? { from, to } : undefined;
  return [Math.min(Math.max(points, 2), 10_000), range];
}
