import { effect } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { zoomIn } from '../../../webview-ui/screens/curves/zoom.ts';
import { neighbour, steeringOf } from '../../../webview-ui/screens/graph/keys.ts';
import { pullSentence } from '../../../webview-ui/screens/graph/pull.ts';
import { freshPage, restorePage } from '../../../webview-ui/state/page.ts';
import { changeRun, createRun } from '../../../webview-ui/state/run.ts';
import { sampleLive, sampleRun, small } from '../../webview/sampleRun.ts';

describe('restorePage', () => {
  it('gives back what was saved', () => {
    const saved = {
      run: 'x',
      screen: 'curves',
      graph: 'derived',
      zoom: { from: 10, to: 20 },
      pick: { block: 1, candidate: 2 },
      compared: 'y',
    } as const;
    expect(restorePage(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  });

  it.each([
    undefined,
    null,
    3,
    'x',
    { screen: 'gone', zoom: { from: 'a' }, pick: { block: -1, candidate: 0 }, run: 4 },
  ])('starts afresh from %j', saved => {
    expect(restorePage(saved)).toEqual(freshPage);
  });
});

describe('a run of signals', () => {
  it('tells only those who read the field that changed', () => {
    const run = createRun(sampleRun(small));
    const seen: string[] = [];
    effect(() => {
      seen.push(`seed ${run.seed.value}`);
    });
    effect(() => {
      seen.push(`name ${run.name.value}`);
    });
    changeRun(run, { seed: 7 });
    expect(seen).toEqual(['seed 1', 'name fashion-mnist', 'seed 7']);
  });

  it('shows the replayed state while there is one, though the present goes on', () => {
    const run = createRun(sampleRun(small));
    run.replayed.value = sampleLive(small, 0.1);
    changeRun(run, { live: sampleLive(small, 0.9) });
    expect(run.shown.value.step).toBe(375);
    run.replayed.value = null;
    expect(run.shown.value.step).toBe(3375);
  });

  it('leaves unknown fields of a delta alone', () => {
    const run = createRun(sampleRun(small));
    changeRun(run, { nonsense: 1 } as object);
    expect(run).not.toHaveProperty('nonsense');
  });
});

describe('keys in the graph', () => {
  const counts = [7, 6];

  it('move to neighbours and stay inside', () => {
    expect(neighbour({ block: 0, candidate: 6 }, 'ArrowDown', counts)).toEqual({ block: 1, candidate: 5 });
    expect(neighbour({ block: 0, candidate: 6 }, 'ArrowRight', counts)).toEqual({ block: 0, candidate: 6 });
    expect(neighbour({ block: 0, candidate: 1 }, 'ArrowUp', counts)).toEqual({ block: 0, candidate: 1 });
    expect(neighbour({ block: 1, candidate: 1 }, 'End', counts)).toEqual({ block: 1, candidate: 5 });
    expect(neighbour({ block: 1, candidate: 1 }, 'x', counts)).toBeUndefined();
  });

  it('lock, ban and free', () => {
    expect(['l', 'B', 'f', 'x'].map(steeringOf)).toEqual(['lock', 'ban', 'free', undefined]);
  });
});

describe('zoomIn', () => {
  it('keeps half of the range: its end, or what is around the step that is looked at', () => {
    expect(zoomIn({ from: 0, to: 1000 }, null)).toEqual({ from: 500, to: 1000 });
    expect(zoomIn({ from: 0, to: 1000 }, 400)).toEqual({ from: 150, to: 650 });
    expect(zoomIn({ from: 0, to: 1000 }, 100)).toEqual({ from: 0, to: 500 });
  });

  it('never leaves the range, and stops at ten steps', () => {
    expect(zoomIn({ from: 90, to: 100 }, 95)).toEqual({ from: 90, to: 100 });
    expect(zoomIn({ from: 0, to: 4 }, null)).toEqual({ from: 0, to: 4 });
  });
});

describe('pullSentence', () => {
  it('says who pulls which way, and what comes of it', () => {
    expect(pullSentence(0.42, -0.18, 1)).toBe(
      'Accuracy pulls it up (+0.42). Latency pulls it down (\u22120.18). Together they raise it (+0.24).',
    );
    expect(pullSentence(0.01, -0.5, 1)).toBe(
      'Accuracy hardly pulls at it. Latency pulls it down (\u22120.50). Together they lower it (\u22120.49).',
    );
    expect(pullSentence(0.3, -0.3, 1)).toMatch(/they cancel out/);
    expect(pullSentence(0.004, -0.02, 0.02)).toBe(
      'Accuracy hardly pulls at it. Latency pulls it down (\u22120.02). Together they lower it (\u22120.02).',
    );
    expect(pullSentence(0, 0, 0)).toBe('Nothing has pulled at this block yet.');
    expect(pullSentence(0.01, -0.5, 1, 'budget')).toMatch(/ The budget pulls it down \(\u22120.50\)\./);
    expect(pullSentence(0.01, -0.5, 1, 'both')).toMatch(/ Latency and budget pull it down \(\u22120.50\)\./);
  });
});
