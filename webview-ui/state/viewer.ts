import { batch, effect, signal } from '@preact/signals';
import type { Curves, LiveView, RunView, ToPage } from '../../src/protocol/viewer.ts';
import { VIEWER_VERSION } from '../../src/protocol/viewerNames.ts';
import { listen, post, savedState, saveState } from '../messaging/host.ts';
import { Inbox } from './inbox.ts';
import { type PageState, restorePage } from './page.ts';
import { changeRun, createRun, type RunState } from './run.ts';

const restored = restorePage(savedState());

/** The run on the page; null before the first snapshot, and where there is none. */
export const run = signal<RunState | null>(null);

/** Why there is no run, in the host's words. */
export const emptyText = signal<string | null>(null);

/** The run that the Compare screen sets beside this one. */
export const compared = signal<RunState | null>(null);

export const curves = signal<Curves | null>(null);

/** Curves of `compared`. */
export const comparedCurves = signal<Curves | null>(null);

/** What the host said last, such as why a request was refused. */
export const notice = signal<string | null>(null);

/** The step that the scrubber stands at; null is the present. */
export const replayStep = signal<number | null>(null);

/** What a person has set on the page. */
export const page = signal<PageState>(restored);

/** The step that the host was asked for and has not answered with yet. */
let askedStep: number | null = null;

/** Sets some of the page's state. */
export function setPage(changes: Partial<PageState>): void {
  page.value = { ...page.value, ...changes };
}

/** Moves the scrubber; null goes back to the present. One question at a time is on the way to the host. */
export function goToStep(step: number | null): void {
  if (step === replayStep.value) return;
  replayStep.value = step;
  if (step !== null && askedStep !== null) return;
  if (step === null && run.value) run.value.replayed.value = null;
  askedStep = step;
  post({ type: 'replay', step });
}

/** Begins to listen, and asks the host for the run that was shown last. */
export function openViewer(): void {
  const inbox = new Inbox(apply, flush => requestAnimationFrame(flush));
  listen(message => inbox.receive(message));
  effect(() => saveState({ ...page.value, run: run.value?.id.value ?? restored.run }));
  post({ type: 'ready', version: VIEWER_VERSION, run: restored.run });
}

function apply(message: ToPage): void {
  switch (message.type) {
    case 'snapshot':
      showRun(message.run);
      tellShown();
      break;
    case 'empty':
      run.value = null;
      emptyText.value = message.text;
      break;
    case 'delta':
      if (run.value) changeRun(run.value, message.changes);
      tellShown();
      break;
    case 'curves':
      curves.value = message;
      break;
    case 'comparedCurves':
      comparedCurves.value = message;
      break;
    case 'replay':
      showReplay(message.live);
      break;
    case 'compare':
      showCompared(message.run);
      break;
    case 'show':
      setPage({ screen: message.screen });
      break;
    case 'notice':
      askedStep = null;
      notice.value = message.text;
  }
}

/** Called in a frame, whose picture is drawn before the next task. */
function tellShown(): void {
  setTimeout(() => post({ type: 'shown' }));
}

function showReplay(live: LiveView): void {
  const answered = askedStep;
  askedStep = null;
  // An answer that comes after the scrubber was let go belongs to the past.
  if (replayStep.value === null || !run.value) return;
  run.value.replayed.value = live;
  if (answered !== replayStep.value) {
    askedStep = replayStep.value;
    post({ type: 'replay', step: replayStep.value });
  }
}

/** A run that is new to the comparison is shown; one that a page made anew is sent again leaves the screen as it was. */
function showCompared(view: RunView | null): void {
  if (view?.id !== compared.value?.id.value) comparedCurves.value = null;
  compared.value = view && createRun(view);
  if (view && view.id !== page.value.compared) setPage({ screen: 'compare', compared: view.id });
}

/** Ends the comparison; the next one may be with the same run. */
export function endComparison(): void {
  compared.value = null;
  comparedCurves.value = null;
  setPage({ compared: null });
}

/** A snapshot of the run that is there already changes it in place: what is drawn stays, focus and scrolling with it. */
function showRun(view: RunView): void {
  batch(() => {
    const current = run.value;
    if (current?.id.value === view.id && current.space.value.blocks.length === view.space.blocks.length) {
      changeRun(current, view);
      return;
    }
    const another = current !== null || (restored.run !== null && restored.run !== view.id);
    run.value = createRun(view);
    emptyText.value = null;
    curves.value = null;
    replayStep.value = null;
    askedStep = null;
    if (another) setPage({ zoom: null, pick: null, graph: 'supernet' });
  });
}
