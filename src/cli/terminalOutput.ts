import { styleText } from 'node:util';
import { clock } from '../base/duration.ts';
import { StageClock, type StageState } from '../base/stageClock.ts';
import type { Output, TextStream } from './output.ts';
import { resultText } from './resultText.ts';

const BAR_WIDTH = 20;
/** Milliseconds between two drawings on a terminal: as often as an eye can follow. */
const REDRAW_MS = 100;
/** Milliseconds between two lines of a stage where nothing can be redrawn, as in a log file. */
const LINE_MS = 5000;

type Style = 'green' | 'red' | 'dim';

export interface TerminalOptions {
  /** Whether to colour; ignored where standard error is no terminal. */
  colours: boolean;
  nowMs?: () => number;
}

/**
 * For people: progress, notes and failures on standard error, the result on standard output. On a terminal the line of
 * the stage under way is redrawn in place; elsewhere a plain line comes now and then.
 */
export function terminalOutput(stdout: TextStream, stderr: TextStream, options: TerminalOptions): Output {
  const { colours, nowMs = () => performance.now() } = options;
  const onTerminal = stderr.isTTY === true;
  const stages = new StageClock(nowMs);
  let drawn = false;
  let lastMs = Number.NEGATIVE_INFINITY;

  const paint = (style: Style, text: string) =>
    onTerminal && colours ? styleText(style, text, { validateStream: false }) : text;
  const clear = () => {
    if (drawn) stderr.write('\r\x1b[2K');
    drawn = false;
  };
  const line = (text: string) => {
    clear();
    stderr.write(text + '\n');
  };
  const endStage = (ended: StageState | undefined) => {
    if (ended) line(`${paint('green', onTerminal ? '✓' : '-')} ${endedLine(ended)}`);
  };

  return {
    message(message) {
      if (message.type === 'note') return line(message.text);
      if (message.type === 'events') {
        for (const event of message.events)
          if (event.type === 'warning') line(`${paint('red', 'Warning:')} ${event.message}`);
      }
      if (message.type === 'state' && message.phase === 'stopping') line('Stopping …');
      if (message.type !== 'progress') return;
      const { ended, now } = stages.report(message);
      endStage(ended);
      const due = nowMs() - lastMs >= (onTerminal ? REDRAW_MS : LINE_MS);
      if (!due && !ended) return;
      lastMs = nowMs();
      if (!onTerminal) return line(`  ${plainLine(now)}`);
      clear();
      // The last column stays free: a terminal may break the line after filling it.
      stderr.write(barLine(now, (stderr.columns ?? 80) - 1, text => paint('dim', text)));
      drawn = true;
    },
    printed: line,
    result(result) {
      endStage(stages.end());
      stdout.write(resultText(result) + '\n');
    },
    failure({ message }) {
      clear();
      stderr.write(`${paint('red', message)}\n`);
    },
  };
}

/** `search ██████░░░░ 62 %, 1:40 left  epoch 3 of 4`, cut to the width. */
function barLine(state: StageState, width: number, dim: (text: string) => string): string {
  const filled = Math.round(state.fraction * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left = `  ${state.stage.padEnd(10)} ${bar} ${share(state)}`;
  return left.length >= width ? left.slice(0, width) : left + dim(`  ${state.text}`.slice(0, width - left.length));
}

function plainLine(state: StageState): string {
  return `${state.stage} ${share(state)}${state.text && `: ${state.text}`}`;
}

function endedLine({ stage, text, elapsedSeconds }: StageState): string {
  return `${stage} took ${clock(elapsedSeconds)}${text && `: ${text}`}`;
}

function share({ fraction, leftSeconds }: StageState): string {
  const percent = `${String(Math.floor(fraction * 100)).padStart(3)} %`;
  return leftSeconds === undefined || fraction === 1 ? percent : `${percent}, ${clock(leftSeconds)} left`;
}
