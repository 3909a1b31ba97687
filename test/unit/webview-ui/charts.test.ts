import { describe, expect, it } from 'vitest';
import { type Box, placeLabels } from '../../../webview-ui/charts/labels.ts';
import { columnCentre, ribbons } from '../../../webview-ui/charts/ribbons.ts';
import { smooth } from '../../../webview-ui/charts/smooth.ts';
import { logTicks, ticks, tickTexts } from '../../../webview-ui/charts/ticks.ts';
import { byBlock, byKind, derivedKinds, OUTSIDE } from '../../../webview-ui/screens/latency/parts.ts';
import { tableError } from '../../../webview-ui/screens/latency/tableError.ts';
import { frontier } from '../../../webview-ui/screens/pareto/frontier.ts';
import { latencyScale } from '../../../webview-ui/screens/pareto/scale.ts';
import { finishedRun } from '../../webview/sampleResults.ts';
import { small } from '../../webview/sampleRun.ts';

describe('ribbons', () => {
  const above = [0.5, 0.3, 0.2];
  const below = [0.1, 0.9];
  const bands = ribbons(above, below, 300, 40, 0);

  it('leave a candidate as wide as it is probable, and enter one so', () => {
    const widths = (end: 'from' | 'to', i: number) =>
      bands.filter(band => band[end] === i).reduce((sum, { width }) => sum + width, 0);
    for (const [i, share] of above.entries()) expect(widths('from', i)).toBeCloseTo(40 * share, 10);
    for (const [j, share] of below.entries()) expect(widths('to', j)).toBeCloseTo(40 * share, 10);
  });

  it('lie side by side around the middle of their column', () => {
    const first = bands.filter(({ from }) => from === 0);
    expect(first[0].top).toBeCloseTo(columnCentre(0, 3, 300) - 10, 10);
    expect(first[1].top).toBeCloseTo(first[0].top + first[0].width, 10);
  });

  it('leave out what is too thin to be seen', () => {
    expect(ribbons([0.999, 0.001], [1], 300, 40).map(({ from }) => from)).toEqual([0]);
  });
});

describe('ticks', () => {
  it('are round numbers within the range', () => {
    expect(ticks(0, 0.083, 6)).toEqual([0, 0.02, 0.04, 0.06, 0.08]);
    expect(ticks(86.7, 92.4, 6)).toEqual([87, 88, 89, 90, 91, 92]);
    expect(ticks(5, 5, 4)).toEqual([5]);
  });

  it('are said with the decimals they need', () => {
    expect(tickTexts([1, 1.25, 1.5])).toEqual(['1.00', '1.25', '1.50']);
    expect(tickTexts([0, 0.02, 0.04])).toEqual(['0.00', '0.02', '0.04']);
    expect(tickTexts([500, 1000])).toEqual(['500', '1000']);
    expect(tickTexts([0])).toEqual(['0']);
  });

  it('of a logarithmic axis go by 1, 2 and 5', () => {
    expect(logTicks(0.03, 2.2)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  });
});

describe('smooth', () => {
  it('leaves a constant alone, from the first value on', () => {
    expect(smooth(new Float64Array(500).fill(3)).every(value => Math.abs(value - 3) < 1e-12)).toBe(true);
  });

  it('follows a step within a few hundredths of the points, and evens out noise', () => {
    const step = smooth(Float64Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : 1)));
    expect(step[499]).toBe(0);
    expect(step[600]).toBeGreaterThan(0.98);
    const noisy = smooth(Float64Array.from({ length: 1000 }, (_, i) => i % 2));
    expect(Math.abs(noisy[999] - 0.5)).toBeLessThan(0.05);
  });
});

describe('placeLabels', () => {
  const picture: Box = { left: 0, top: 0, right: 400, bottom: 300 };
  const label = { width: 80, height: 15 };

  it('puts a label to the right of its point where there is room', () => {
    expect(placeLabels([{ x: 100, y: 100, ...label }], [], picture)).toEqual([{ x: 110, y: 100 }]);
  });

  it('keeps labels inside the picture, off points and off each other', () => {
    const points = [
      { x: 200, y: 150, ...label },
      { x: 206, y: 152, ...label },
      { x: 212, y: 148, ...label },
      { x: 390, y: 150, ...label },
    ];
    const others = [{ x: 240, y: 150 }];
    const boxes = placeLabels(points, others, picture).map(place => {
      if (!place) throw new Error('a label has no place');
      return { left: place.x, right: place.x + 80, top: place.y - 7.5, bottom: place.y + 7.5 };
    });
    const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    for (const [i, box] of boxes.entries()) {
      expect(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 300).toBe(true);
      for (const { x, y } of [...points, ...others]) {
        expect(meet(box, { left: x, right: x, top: y, bottom: y })).toBe(false);
      }
      expect(boxes.slice(i + 1).some(other => meet(box, other))).toBe(false);
    }
  });

  it('gives up where nothing is free', () => {
    expect(placeLabels([{ x: 5, y: 5, ...label }], [], { ...picture, right: 60 })).toEqual([null]);
  });
});

describe('parts of a bar', () => {
  it('have one colour a stage, another shade a block, and say what is outside', () => {
    const names = ['stem', 'stage1.block1', 'stage1.block2', 'head'];
    const parts = byBlock(
      names.map(name => ({ name, ms: 1 })),
      0.5,
    );
    expect(parts.map(({ colour, shade }) => `${colour} ${shade}`)).toEqual([
      'hue0 0',
      'hue1 0',
      'hue1 1',
      'hue2 0',
      'grey 0',
    ]);
    expect(parts.at(-1)).toMatchObject({ name: OUTSIDE, ms: 0.5 });
  });

  it('by kind are sorted, and the small ones are together', () => {
    const kinds = Array.from({ length: 12 }, (_, i) => ({ name: `kind ${i}`, ms: i + 1 }));
    const parts = byKind(kinds, 0);
    expect(parts.map(({ name }) => name)).toEqual([...[11, 10, 9, 8, 7].map(i => `kind ${i}`), 'others']);
    expect(new Set(parts.map(({ colour }) => colour)).size).toBe(parts.length);
    expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBe(78);
  });

  it('of the derived network hold all of its layers', () => {
    const { derived } = finishedRun(small);
    if (!derived) throw new Error('the sample has a derived network');
    const sum = (parts: { ms: number }[]) => parts.reduce((total, { ms }) => total + ms, 0);
    const layers = derived.layers.reduce((total, { measuredMs }) => total + measuredMs, 0);
    expect(sum(derivedKinds(derived))).toBeCloseTo(layers, 12);
  });
});

describe('the latency table', () => {
  it('is judged by shares within a limit and by its relative error', () => {
    const points = [1.02, 0.93, 1.2, 1].map(predictedMs => ({ predictedMs, measuredMs: 1 }));
    const { within5, within10, error } = tableError(points);
    expect([within5, within10]).toEqual([0.5, 0.75]);
    expect(error).toBeCloseTo(Math.sqrt((0.02 ** 2 + 0.07 ** 2 + 0.2 ** 2) / 4), 12);
  });
});

describe('the Pareto chart', () => {
  it('joins the networks that no other beats', () => {
    const points = [
      { accuracy: 0.9, latencyMs: 2 },
      { accuracy: 0.8, latencyMs: 1 },
      { accuracy: 0.85, latencyMs: 3 },
      { accuracy: 0.9, latencyMs: 2.5 },
      { accuracy: 0.95, latencyMs: 4 },
    ];
    expect(frontier(points)).toEqual([points[1], points[0], points[4]]);
  });

  it('has a logarithmic axis only where latencies are far apart', () => {
    const near = latencyScale([1, 2, 3]);
    expect(near.logarithmic).toBe(false);
    expect(near.share(2)).toBeCloseTo(0.5, 12);
    const far = latencyScale([1, 10, 100]);
    expect(far.logarithmic).toBe(true);
    expect(far.share(10)).toBeCloseTo(0.5, 12);
    expect(far.share(1)).toBeGreaterThan(0);
  });
});
