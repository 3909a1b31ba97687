import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedRun, RunFeed } from '../../../../src/extension/panel/runFeed.ts';
import { type RunView, type ToPage, toPageSchema } from '../../../../src/protocol/viewer.ts';
import { runView } from './fakeRun.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A run that grows by a step at every look. */
class FakeRun implements FeedRun {
  running = true;
  looks = 0;
  shown = runView();
  refresh = async () => {
    this.looks++;
    if (this.running) this.shown = { ...this.shown, live: { ...this.shown.live, step: this.looks } };
    return this.running;
  };
  readPast = async (_: () => void) => {};
  curves = vi.fn(async () => ({ from: 0, to: this.looks, series: {} }));
  view = (): RunView => this.shown;
}

/** @param page how long it takes to draw what it is sent, in milliseconds; it never has where that is infinite */
function feed(page = { drawsFor: 0 }) {
  const run = new FakeRun();
  const sent: ToPage[] = [];
  const problems: unknown[] = [];
  const draw = ({ type }: ToPage) => {
    if (type === 'snapshot' || type === 'delta') setTimeout(() => made.shown(), page.drawsFor);
  };
  const made = new RunFeed(
    run,
    message => {
      sent.push(message);
      if (page.drawsFor < Number.POSITIVE_INFINITY) draw(message);
    },
    problem => problems.push(problem),
  );
  return { run, sent, problems, feed: made, types: () => sent.map(({ type }) => type) };
}

describe('RunFeed', () => {
  it('sends the whole run first, then the fields that changed', async () => {
    const { feed: made, sent, types } = feed();
    await made.start();
    await vi.advanceTimersByTimeAsync(250);
    expect(types()).toEqual(['snapshot', 'delta', 'delta']);
    expect(sent[1]).toMatchObject({ changes: { live: { step: 2 } } });
    expect(Object.keys((sent[1] as Extract<ToPage, { type: 'delta' }>).changes)).toEqual(['live']);
  });

  it('sends what the schema of the page allows', async () => {
    const { feed: made, sent } = feed();
    await made.start();
    await made.curves({ type: 'curves', points: 10 });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map(message => toPageSchema.safeParse(message).error)).toEqual([undefined, undefined, undefined]);
  });

  it('sends at most ten deltas a second, however often it is told of changes', async () => {
    const { feed: made, types } = feed();
    await made.start();
    for (let i = 0; i < 1000; i++) {
      made.schedule();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(types().filter(type => type === 'delta').length).toBeLessThanOrEqual(10);
  });

  it('sends nothing new before the page has drawn what it was sent, and then all that changed', async () => {
    const { feed: made, run, sent, types } = feed({ drawsFor: 950 });
    await made.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(types()).toEqual(['snapshot', 'delta', 'delta']);
    expect(sent[2]).toMatchObject({ changes: { live: { step: run.looks } } });
  });

  it('begins anew with a page that is made anew while another one had not drawn yet', async () => {
    const { feed: made, types } = feed({ drawsFor: Number.POSITIVE_INFINITY });
    await made.start();
    await vi.advanceTimersByTimeAsync(5000);
    made.pause();
    await made.start();
    expect(types()).toEqual(['snapshot', 'snapshot']);
  });

  it('does nothing while the page is hidden, and begins anew when it is back', async () => {
    const { feed: made, run, types } = feed();
    await made.start();
    made.pause();
    const { looks } = run;
    made.schedule();
    await vi.advanceTimersByTimeAsync(5000);
    expect(run.looks).toBe(looks);
    await made.start();
    expect(types()).toEqual(['snapshot', 'snapshot']);
  });

  it('sends curves again as they grow, at most once a second, for the range that was asked for', async () => {
    const { feed: made, run, types } = feed();
    await made.start();
    await made.curves({ type: 'curves', from: 5, to: 9, points: 100 });
    await vi.advanceTimersByTimeAsync(3000);
    const count = types().filter(type => type === 'curves').length;
    expect(count).toBeGreaterThanOrEqual(3);
    expect(count).toBeLessThanOrEqual(4);
    expect(run.curves).toHaveBeenLastCalledWith(100, { from: 5, to: 9 });
  });

  it('rests when nobody works on the run', async () => {
    const { feed: made, run, types } = feed();
    run.running = false;
    await made.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([types(), run.looks]).toEqual([['snapshot'], 1]);
    made.schedule();
    await vi.advanceTimersByTimeAsync(100);
    expect(run.looks).toBe(2);
  });

  it('hands on what fails while it looks, and goes on when it is told of a change', async () => {
    const { feed: made, run, problems } = feed();
    await made.start();
    const broken = new Error('disk gone');
    run.refresh = async () => {
      throw broken;
    };
    await vi.advanceTimersByTimeAsync(100);
    expect(problems).toEqual([broken]);
    run.refresh = async () => true;
    made.schedule();
    await vi.advanceTimersByTimeAsync(100);
    expect(problems).toEqual([broken]);
  });
});
