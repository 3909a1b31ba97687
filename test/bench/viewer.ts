import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { UserError } from '../../src/base/errors.ts';
import { VIEWER_VERSION } from '../../src/protocol/viewerNames.ts';
import { Unavailable } from '../e2e/install/unavailable.ts';
import { large, sampleLive, sampleRun } from '../webview/sampleRun.ts';
import { themes } from '../webview/themes.ts';
import { openBrowser, openViewer, settle } from '../webview/viewerPage.ts';
import { type Bench, countOption } from './bench.ts';
import { busyCores } from './machineLoad.ts';

const DELTAS_PER_SECOND = 10;

/** A frame that takes longer is seen as a stutter. */
const LONG_MS = 50;

/** What the page itself measures while deltas come in. */
interface Measured {
  /** Between two animation frames, ms. */
  frames: number[];
  /** Tasks of more than 50 ms, as the browser reports them. */
  longTasks: number[];
  /** From a delta to the end of the frame that draws it, ms. */
  delays: number[];
}

/** `npm run bench -- viewer`: how smoothly the viewer draws the largest space, 21 blocks of 6 or 7 candidates. */
export const viewer: Bench = {
  usage: '[--seconds N]',
  options: { seconds: { type: 'string' } },
  async run(values, progress) {
    const seconds = countOption(values, 'seconds', 10);
    const root = join(import.meta.dirname, '..');
    const files = ['main.js', 'main.css'].map(name => readFileSync(join(root, 'dist/webview', name)));
    const bytes = files.reduce((sum, { length }) => sum + length, 0);
    const gzipped = files.reduce((sum, file) => sum + gzipSync(file).length, 0);

    const othersBusyCores = await busyCores(1000);
    progress(`The viewer in a browser: ${DELTAS_PER_SECOND} deltas a second for ${seconds} s`);
    const browser = await openBrowser().catch((error: unknown) => {
      throw error instanceof Unavailable ? new UserError(`This needs a browser, but ${error.message}.`) : error;
    });
    try {
      const { page, received, send } = await openViewer(browser, { theme: themes[0], root });
      while (received.length === 0) await settle(page);
      const deltas = Array.from({ length: seconds * DELTAS_PER_SECOND }, (_, i) =>
        sampleLive(large, (i + 1) / (seconds * DELTAS_PER_SECOND)),
      );
      const firstPaintMs = await page.evaluate<number>(firstPaint(sampleRun(large, 0)));
      await send({ type: 'notice', text: 'Measuring.' });
      const mainThreadMs = await countMainThread(page);
      const before = await mainThreadMs();
      const measured = await page.evaluate<Measured>(measure(deltas));
      const cpuMsPerDelta = ((await mainThreadMs()) - before) / deltas.length;
      return summarise(measured, { firstPaintMs, bytes, gzipped, seconds, othersBusyCores, cpuMsPerDelta });
    } finally {
      await browser.close();
    }
  },
};

/** Counts the processor time of the page's main thread from now on: what runs beside it on the machine is not in it. */
async function countMainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

/** Posts the snapshot as the host does and waits for the frame after the one that draws it. */
function firstPaint(run: object): string {
  return `new Promise(done => {
    const message = ${JSON.stringify({ type: 'snapshot', version: VIEWER_VERSION, run })};
    const start = performance.now();
    const look = () => document.querySelector('.cell')
      ? requestAnimationFrame(() => done(performance.now() - start))
      : requestAnimationFrame(look);
    window.postMessage(message);
    requestAnimationFrame(look);
  })`;
}

function measure(deltas: readonly object[]): string {
  return `new Promise(done => {
    const lives = ${JSON.stringify(deltas)};
    const frames = [], longTasks = [], delays = [];
    new PerformanceObserver(list => list.getEntries().forEach(({ duration }) => longTasks.push(duration)))
      .observe({ type: 'longtask' });
    let last, running = true;
    const frame = now => {
      if (last !== undefined) frames.push(now - last);
      last = now;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const timer = setInterval(() => {
      const live = lives.shift();
      if (!live) {
        clearInterval(timer);
        running = false;
        return setTimeout(() => done({ frames, longTasks, delays }), 200);
      }
      const start = performance.now();
      window.postMessage({ type: 'delta', changes: { live } });
      // A task after the frame's callbacks: layout and painting are behind it.
      requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - start)));
    }, ${1000 / DELTAS_PER_SECOND});
  })`;
}

interface About {
  firstPaintMs: number;
  bytes: number;
  gzipped: number;
  seconds: number;
  othersBusyCores: number;
  cpuMsPerDelta: number;
}

function summarise({ frames, longTasks, delays }: Measured, about: About) {
  const figures = {
    blocks: 21,
    deltas: delays.length,
    frames: frames.length,
    framesPerSecond: frames.length / about.seconds,
    longestFrameMs: Math.max(...frames),
    framesOver50Ms: frames.filter(ms => ms > LONG_MS).length,
    longTasks: longTasks.length,
    medianDelayMs: quantile(delays, 0.5),
    p95DelayMs: quantile(delays, 0.95),
    cpuMsPerDelta: about.cpuMsPerDelta,
    firstPaintMs: about.firstPaintMs,
    othersBusyCores: about.othersBusyCores,
    bundleKb: about.bytes / 1000,
    bundleGzipKb: about.gzipped / 1000,
  };
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const text = [
    `first paint after the snapshot  ${ms(figures.firstPaintMs)}`,
    `frames                          ${figures.framesPerSecond.toFixed(1)} a second, longest ${ms(figures.longestFrameMs)}`,
    `frames of more than ${LONG_MS} ms       ${figures.framesOver50Ms} of ${figures.frames}; ${figures.longTasks} long tasks`,
    `delta to drawn                  median ${ms(figures.medianDelayMs)}, 95 % within ${ms(figures.p95DelayMs)}`,
    `processor time of a delta       ${ms(figures.cpuMsPerDelta)} of the main thread`,
    `other programs on the machine   kept ${figures.othersBusyCores.toFixed(1)} cores busy`,
    `bundle (script and style)       ${figures.bundleKb.toFixed(0)} kB, ${figures.bundleGzipKb.toFixed(0)} kB gzipped`,
  ].join('\n');
  return { text, figures };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
