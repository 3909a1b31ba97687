import { once } from 'node:events';
import { createWriteStream, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RunLog } from '../../src/extension/runs/runLog.ts';
import { type Bench, type BenchResult, countOption, type OptionValues } from './bench.ts';
import { eventLines } from './eventLines.ts';

const LIVE_EVENTS = 100_000;

/** How fast the extension host opens the log of a long run, and whether its memory stays flat while a run goes on. */
export const open: Bench = {
  usage: '[--events N] [--blocks N]',
  options: { events: { type: 'string' }, blocks: { type: 'string' } },
  async run(values, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'proxyless-open-'));
    try {
      return await measure(values, join(folder, 'events.jsonl'), progress);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function measure(values: OptionValues, file: string, progress: (line: string) => void): Promise<BenchResult> {
  const [events, blocks] = [countOption(values, 'events', 1_000_000), countOption(values, 'blocks', 7)];
  progress(`Writing a log of ${events} events`);
  await writeLog(file, events, blocks);
  const megabytes = statSync(file).size / 2 ** 20;

  progress('Opening it');
  const began = performance.now();
  const log = await RunLog.open(file);
  if (!log) throw new Error('the log is not there');
  const live = log.fold.live();
  const openMs = performance.now() - began;

  progress('Reading its past');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const pastBegan = performance.now();
  await log.readPast(() => {});
  const pastSeconds = (performance.now() - pastBegan) / 1000;
  delay.disable();
  const curveMs = await timed(() => log.curves(2000));
  const replayMs = await timed(() => log.replay(Math.floor(live.step / 2)));

  progress(`Following it for ${LIVE_EVENTS} events`);
  const before = usedHeapMb();
  await follow(log, file, live.step, blocks);
  const growthMb = usedHeapMb() - before;
  await log.close();

  const longestPauseMs = delay.max / 1e6;
  const figures = { events, blocks, megabytes, openMs, pastSeconds, longestPauseMs, curveMs, replayMs, growthMb };
  const rows: [string, string][] = [
    ['log', `${events} events, ${megabytes.toFixed(0)} MB`],
    ['until the first picture', `${openMs.toFixed(0)} ms`],
    ['its past, in the background', `${pastSeconds.toFixed(1)} s`],
    ['longest pause meanwhile', `${longestPauseMs.toFixed(0)} ms`],
    ['curves', `${curveMs.toFixed(0)} ms`],
    ['a step in its middle', `${replayMs.toFixed(0)} ms`],
    [`heap after ${LIVE_EVENTS} more events`, `${growthMb >= 0 ? '+' : ''}${growthMb.toFixed(1)} MB`],
  ];
  return { text: rows.map(([name, value]) => `${name.padEnd(36)}${value}`).join('\n'), figures };
}

async function writeLog(file: string, events: number, blocks: number): Promise<void> {
  const stream = createWriteStream(file);
  let written = 0;
  for (const line of eventLines(0, blocks)) {
    if (!stream.write(line)) await once(stream, 'drain');
    if (++written === events) break;
  }
  stream.end();
  await once(stream, 'finish');
}

async function follow(log: RunLog, file: string, step: number, blocks: number): Promise<void> {
  const handle = openSync(file, 'a');
  let batch = '';
  let count = 0;
  for (const line of eventLines(step, blocks)) {
    batch += line;
    if (++count % 500 === 0) {
      writeSync(handle, batch);
      batch = '';
      await log.poll();
    }
    if (count === LIVE_EVENTS) return;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** After everything that can be freed was. */
function usedHeapMb(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
