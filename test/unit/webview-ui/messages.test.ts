import { describe, expect, it } from 'vitest';
import { type ToPage, toPageSchema, VIEWER_VERSION } from '../../../src/protocol/viewer.ts';
import { toPageMessage } from '../../../webview-ui/messaging/check.ts';
import { Inbox } from '../../../webview-ui/state/inbox.ts';
import { finishedRun } from '../../webview/sampleResults.ts';
import { sampleCurves, sampleRun, small } from '../../webview/sampleRun.ts';

const run = sampleRun(small);

describe('toPageMessage', () => {
  it('lets every kind of message through that the schema allows', () => {
    const messages: ToPage[] = [
      { type: 'snapshot', version: VIEWER_VERSION, run: finishedRun(small) },
      { type: 'empty', version: VIEWER_VERSION, text: 'Nothing.' },
      { type: 'delta', changes: { live: run.live } },
      { type: 'curves', ...sampleCurves(small, 0.5, 20) },
      { type: 'replay', live: run.live },
      { type: 'compare', run: null },
      { type: 'notice', text: 'No.' },
    ];
    for (const message of messages) {
      expect(toPageSchema.parse(message)).toEqual(message);
      expect(toPageMessage(message)).toBe(message);
    }
  });

  it.each([
    ['nothing', null],
    ['a text', 'snapshot'],
    ['an unknown type', { type: 'toString' }],
    ['another version', { type: 'snapshot', version: VIEWER_VERSION + 1, run: {} }],
    ['a message without its field', { type: 'delta' }],
    ['null for a field', { type: 'replay', live: null }],
  ])('refuses %s', (_, data) => {
    expect(toPageMessage(data)).toBeUndefined();
  });
});

describe('Inbox', () => {
  function inbox() {
    const applied: ToPage[] = [];
    const frames: (() => void)[] = [];
    const box = new Inbox(
      message => applied.push(message),
      flush => frames.push(flush),
    );
    return { applied, frames, box };
  }

  it('makes one delta of those that come within a frame, the later value winning', () => {
    const { applied, frames, box } = inbox();
    box.receive({ type: 'delta', changes: { seed: 1, name: 'a' } });
    box.receive({ type: 'delta', changes: { seed: 2 } });
    expect(applied).toEqual([]);
    expect(frames).toHaveLength(1);
    frames[0]();
    expect(applied).toEqual([{ type: 'delta', changes: { seed: 2, name: 'a' } }]);
  });

  it('keeps the order of different messages', () => {
    const { applied, frames, box } = inbox();
    box.receive({ type: 'delta', changes: { seed: 1 } });
    box.receive({ type: 'snapshot', version: VIEWER_VERSION, run });
    box.receive({ type: 'delta', changes: { seed: 2 } });
    frames[0]();
    expect(applied.map(({ type }) => type)).toEqual(['delta', 'snapshot', 'delta']);
  });

  it('asks for another frame after each', () => {
    const { applied, frames, box } = inbox();
    box.receive({ type: 'notice', text: 'a' });
    frames[0]();
    box.receive({ type: 'notice', text: 'b' });
    expect(frames).toHaveLength(2);
    frames[1]();
    expect(applied).toHaveLength(2);
  });
});
