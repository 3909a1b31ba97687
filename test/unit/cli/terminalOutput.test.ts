import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { terminalOutput } from '../../../src/cli/terminalOutput.ts';

function fixture(stream: { isTTY?: boolean; columns?: number; colours?: boolean } = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const time = { ms: 0 };
  const output = terminalOutput(
    { write: text => out.push(text) },
    { write: text => errors.push(text), isTTY: stream.isTTY, columns: stream.columns },
    { colours: stream.colours ?? false, nowMs: () => time.ms },
  );
  const progress = (second: number, stage: string, fraction: number, text: string) => {
    time.ms = second * 1000;
    output.message({ type: 'progress', stage, fraction, text });
  };
  return { output, progress, out, errors };
}

const evaluation = { command: 'eval', images: 10_000, accuracy: 0.9123, crossEntropy: 0.25 } as const;

describe('terminalOutput where nothing can be redrawn', () => {
  it('writes a line of a stage at most every 5 seconds, and one at its end', () => {
    const { progress, output, errors, out } = fixture();
    for (let second = 0; second <= 12; second++) progress(second, 'search', second / 20, `step ${second}`);
    progress(13, 'train', 0, 'epoch 1');
    output.result(evaluation);
    expect(errors.join('').split('\n')).toEqual([
      '  search   0 %: step 0',
      '  search  25 %, 0:15 left: step 5',
      '  search  50 %, 0:10 left: step 10',
      '- search took 0:13: step 12',
      '  train   0 %: epoch 1',
      '- train took 0:00: epoch 1',
      '',
    ]);
    expect(out.join('')).toBe('91.23 % of 10000 images right, cross-entropy 0.2500\n');
  });

  it('writes no control characters', () => {
    const { progress, output, errors } = fixture({ colours: true });
    progress(0, 'search', 0, '');
    output.message({ type: 'note', text: 'a note' });
    output.message({
      type: 'events',
      first: 0,
      events: [{ at: 0, type: 'warning', message: 'noisy machine' }],
      skipped: false,
    });
    output.failure({ user: true, message: 'no such file' });
    expect(errors.join('')).toBe('  search   0 %\na note\nWarning: noisy machine\nno such file\n');
  });
});

describe('terminalOutput on a terminal', () => {
  it('draws over the line of the stage under way', () => {
    const { progress, errors } = fixture({ isTTY: true, columns: 100 });
    progress(0, 'search', 0, 'epoch 1');
    progress(30, 'search', 0.5, 'epoch 2');
    expect(errors.slice(1)).toEqual(['\r\x1b[2K', '  search     ██████████░░░░░░░░░░  50 %, 0:30 left  epoch 2']);
  });

  it('stays within the width of the terminal', () => {
    for (const columns of [10, 30, 60]) {
      const { progress, errors } = fixture({ isTTY: true, columns, colours: true });
      progress(0, 'search', 0.5, 'a long text '.repeat(10));
      expect(stripVTControlCharacters(errors.join('')).length).toBe(columns - 1);
    }
  });

  it('keeps notes and ended stages above the line', () => {
    const { progress, output, errors } = fixture({ isTTY: true, columns: 100 });
    progress(0, 'profile', 0.5, 'measuring');
    output.message({ type: 'note', text: 'a note' });
    progress(8, 'search', 0, 'epoch 1');
    expect(errors.slice(1)).toEqual([
      '\r\x1b[2K',
      'a note\n',
      '✓ profile took 0:08: measuring\n',
      expect.stringContaining('search'),
    ]);
  });

  it('draws no more often than an eye can follow', () => {
    const { progress, errors } = fixture({ isTTY: true, columns: 100 });
    for (let i = 0; i < 100; i++) progress(i / 1000, 'search', i / 100, '');
    expect(errors).toHaveLength(1);
  });
});
