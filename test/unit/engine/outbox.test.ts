import { describe, expect, it } from 'vitest';
import { Outbox, WINDOW } from '../../../src/engine/control/outbox.ts';
import type { EngineMessage } from '../../../src/protocol/messages.ts';

/** An outbox whose channel writes at once, or holds everything back. */
function fixture() {
  const sent: EngineMessage[] = [];
  const written: (() => void)[] = [];
  const channel = { stuck: false };
  const outbox = new Outbox((message, done) => {
    sent.push(message);
    if (channel.stuck) written.push(done);
    else done();
  });
  const batches = () => sent.flatMap(message => (message.type === 'events' ? [message] : []));
  const events = (count: number) => {
    for (let i = 0; i < count; i++) outbox.event({ at: i, type: 'stage', stage: `${i}` });
  };
  return { outbox, sent, batches, events, channel, written };
}

describe('Outbox', () => {
  it('sends events in batches, numbered from where the log of the run stands', () => {
    const { outbox, batches, events } = fixture();
    outbox.startAt(7);
    events(3);
    expect(batches()).toEqual([]);
    outbox.flush();
    events(2);
    outbox.flush();
    expect(batches().map(({ first, events, skipped }) => [first, events.length, skipped])).toEqual([
      [7, 3, false],
      [10, 2, false],
    ]);
  });

  it('holds no more than a window of events for a receiver that never acknowledges, however many there are', () => {
    const { outbox, batches, events } = fixture();
    for (let i = 0; i < 100; i++) {
      events(1000);
      outbox.flush();
    }
    expect(batches().reduce((sum, batch) => sum + batch.events.length, 0)).toBe(WINDOW);
  });

  it('says what it skipped, and goes on where the receiver catches up', () => {
    const { outbox, batches, events } = fixture();
    events(WINDOW);
    outbox.flush();
    events(500);
    outbox.flush();
    expect(batches()).toHaveLength(1);
    outbox.received(WINDOW);
    events(2);
    outbox.flush();
    expect(batches()[1]).toMatchObject({ first: WINDOW + 500, skipped: true });
    expect(batches()[1].events).toHaveLength(2);
    outbox.received(WINDOW + 502);
    events(1);
    outbox.flush();
    expect(batches()[2]).toMatchObject({ first: WINDOW + 502, skipped: false });
  });

  it('drops what waits for the channel together with what comes after, so that a batch is of one piece', () => {
    const { outbox, batches, events } = fixture();
    events(WINDOW + 1);
    outbox.flush();
    events(3);
    outbox.flush();
    expect(batches()).toHaveLength(1);
    expect(batches()[0]).toMatchObject({ first: WINDOW + 1, skipped: true });
  });

  it('keeps the newest progress and heartbeat alone while the channel is stuck', () => {
    const { outbox, sent, channel, written } = fixture();
    channel.stuck = true;
    outbox.send({ type: 'note', text: 'stuck' });
    for (let i = 0; i < 10_000; i++) {
      outbox.report({ type: 'progress', stage: 'search', fraction: i / 10_000, text: '' });
      outbox.report({ type: 'heartbeat', rssMb: i, imagesPerSecond: null, energy: { joules: 1, estimated: true } });
      outbox.flush();
    }
    expect(sent).toHaveLength(1);
    channel.stuck = false;
    for (const done of written) done();
    outbox.flush();
    expect(sent.slice(1)).toMatchObject([
      { type: 'progress', fraction: 0.9999 },
      { type: 'heartbeat', rssMb: 9999 },
    ]);
  });

  it('tells how each stage ended, however soon the next one begins', () => {
    const { outbox, sent } = fixture();
    for (const [stage, fraction] of [
      ['search', 0.5],
      ['search', 1],
      ['derive', 0],
    ] as const)
      outbox.report({ type: 'progress', stage, fraction, text: '' });
    outbox.flush();
    expect(sent).toMatchObject([
      { stage: 'search', fraction: 1 },
      { stage: 'derive', fraction: 0 },
    ]);
  });

  it('ends with everything that had gathered, the last message after it', () => {
    const { outbox, sent, events } = fixture();
    events(2);
    outbox.report({ type: 'progress', stage: 'search', fraction: 1, text: '' });
    let ended = false;
    outbox.finish({ type: 'stopped', run: null }, () => {
      ended = true;
    });
    expect(sent.map(({ type }) => type)).toEqual(['events', 'progress', 'stopped']);
    expect(ended).toBe(true);
  });

  it('says at the end that events are missing, even where none is left to send', () => {
    const { outbox, batches, events } = fixture();
    events(WINDOW);
    outbox.flush();
    events(9);
    outbox.finish({ type: 'stopped', run: null }, () => {});
    expect(batches()[1]).toMatchObject({ first: WINDOW + 9, events: [], skipped: true });
  });
});
