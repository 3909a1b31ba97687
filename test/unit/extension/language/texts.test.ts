import { describe, expect, it } from 'vitest';
import './vscode.ts';
import { amount, duration, milliseconds, networkCount } from '../../../../src/extension/language/figures.ts';
import { latencyTable } from '../../../../src/extension/language/latencyTable.ts';
import { lensTexts } from '../../../../src/extension/language/lensTexts.ts';
import type { Occurrences } from '../../../../src/extension/language/spacePlaces.ts';
import { stageHint } from '../../../../src/extension/language/stageHints.ts';
import type { BlockView, CandidateView, SpaceView } from '../../../../src/protocol/spaceView.ts';
import { inspection } from './spaceExample.ts';

const { view } = inspection;

describe('figures', () => {
  it('have three digits', () => {
    expect([0.00431, 0.0552, 0.431, 4.312, 43.12, 431.2].map(milliseconds)).toEqual([
      '0.0043 ms',
      '0.0552 ms',
      '0.431 ms',
      '4.31 ms',
      '43.1 ms',
      '431 ms',
    ]);
    expect([0, 512, 1234, 2_310_000, 4.2e9].map(amount)).toEqual(['0', '512', '1.23 k', '2.31 M', '4.2 G']);
  });

  it('count networks in digits, then in powers of ten', () => {
    expect(networkCount(823_543)).toBe('823,543');
    expect(networkCount(221_225_056)).toBe('2.2 × 10⁸');
    // The space of the paper.
    expect(networkCount(String(7n ** 15n * 6n ** 6n))).toBe('2.2 × 10¹⁷');
    expect(networkCount(String(7n ** 500n))).toBe('3.5 × 10⁴²²');
  });

  it('round ages to what matters', () => {
    expect([10, 600, 7300, 86_400 * 12].map(duration)).toEqual(['1 min', '10 min', '2 h', '12 days']);
  });
});

describe('the lines above a definition', () => {
  it('say how large the space is and how fast its networks are', () => {
    expect(lensTexts(inspection)).toEqual([
      { title: '6 networks', tooltip: '900 to 8.4 k parameters' },
      { title: '1.3 M – 3.76 M MACs', tooltip: expect.stringContaining('one image') },
      {
        title: '0.600 ms – 1.40 ms',
        tooltip:
          'The fastest and the slowest network, by the latency table of a processor. It was measured 2 h ago. 92 % of held-out networks were within 5 % of it.',
      },
    ]);
  });

  it('say that a latency is by the table of others, and nothing of one where none is asked for', () => {
    const byTable = { ...inspection, table: null, view: { ...view, predictedBy: 'phone.yaml' } };
    expect(lensTexts(byTable)[2].tooltip).toBe(
      'The fastest and the slowest network, by the latency table of phone.yaml.',
    );
    expect(lensTexts({ ...byTable, latencyMs: null })).toHaveLength(2);
    expect(lensTexts({ ...inspection, latencyMs: null, view: { ...view, targetMs: undefined } })).toHaveLength(2);
  });

  it('say so where latency was not measured', () => {
    const titles = lensTexts({ ...inspection, latencyMs: null, table: null }).map(({ title }) => title);
    expect(titles[2]).toBe('latency not measured');
  });
});

describe('the table over an operator', () => {
  it('says where its latencies are from: a measurement, a table of others, or that there are none', () => {
    const found = occurrences('mbconv 3x3 e3');
    expect(latencyTable(found, { ...view, predictedBy: 'phone.yaml' }, 'link')).toContain(
      'Predicted by the table of phone\\.yaml, not measured.',
    );
    expect(latencyTable(found, { ...view, targetMs: undefined }, 'link')).not.toMatch(/easured|predicted/);
  });

  const occurrences = (name: string) =>
    view.blocks.flatMap(block =>
      block.candidates.filter(candidate => candidate.name === name).map(candidate => ({ block, candidate })),
    );

  /** With plain spaces, where figures are kept from breaking. */
  const table = (found: Occurrences) => latencyTable(found, view, 'command:profile').replaceAll('\u00a0', ' ');

  it('has a row for blocks of equal shapes', () => {
    expect(table(occurrences('mbconv 3x3 e3')).split('\n')).toEqual([
      '**mbconv 3x3 e3**',
      '',
      'Measured on a processor.',
      '',
      '| block | from → to | latency | MACs | parameters | energy (estimated) |',
      '|:--|:--|--:|--:|--:|--:|',
      '| stage1\\.block1–2 | 8x28x28 → 8x28x28 | 0.400 ms | 1.23 M | 2.5 k | 7.35 µJ |',
      '| stage2\\.block1 | 8x28x28 → 16x14x14 | 0.400 ms | 1.23 M | 2.5 k | 7.35 µJ |',
    ]);
  });

  it('names the operators where one line makes several', () => {
    const several = table([...occurrences('mbconv 3x3 e3'), ...occurrences('conv 3x3')]);
    expect(several).toContain('| operator | block |');
    expect(several).toContain('| conv 3x3 | stem | 8x28x28 → 8x28x28 | 0.100 ms | 1.23 M | 2.5 k | 7.35 µJ |');
  });

  it('offers to profile what was not measured', () => {
    const [{ block, candidate }] = occurrences('mbconv 3x3 e3');
    const unknown = [{ block, candidate: { ...candidate, latencyMs: null } }];
    expect(table(unknown)).toMatch(
      /Not all of it was measured on a processor yet\. \[Profile\]\(command:profile\)\n[\s\S]*\| – \|/,
    );
  });

  it('shows a name as text, whatever it holds', () => {
    const [{ block, candidate }] = occurrences('conv 3x3');
    const hostile = { ...candidate, name: '[x](command:evil) | <img>\n| y' };
    expect(table([{ block, candidate: hostile }])).toMatch(
      /^\*\*\\\[x\\\]\\\(command:evil\\\) \\\| \\<img\\> \\\| y\*\*\n/,
    );
  });
});

describe('the hint behind a stage', () => {
  const stage = (number: number) => view.blocks.filter(({ name }) => name.startsWith(`stage${number}.`));

  it('has its share of the expected latency', () => {
    // Expected: stem 0.1, 0.4 / 2, 0.4 / 3, 0.4, and 0.1 besides: 0.9333 in all.
    const hint = stageHint(stage(1), view);
    expect(hint?.text).toBe('36 % of latency');
    expect(hint?.tooltip.split('\n')).toEqual([
      '0.333 ms of 0.933 ms expected while every candidate is equally likely, on a processor',
      'stage1.block1: 0.200 ms',
      'stage1.block2: 0.133 ms',
    ]);
    expect(stageHint(stage(2), view)?.text).toBe('43 % of latency');
  });

  it('is missing while a latency anywhere is not known', () => {
    const unmeasured = (candidate: CandidateView): CandidateView => ({ ...candidate, latencyMs: null });
    const blocks = view.blocks.map(
      (block, index): BlockView => (index === 0 ? { ...block, candidates: block.candidates.map(unmeasured) } : block),
    );
    const partly: SpaceView = { ...view, blocks };
    expect(stageHint(stage(1), partly)).toBeUndefined();
    expect(stageHint(stage(1), { ...view, fixedMs: null })).toBeUndefined();
  });
});
