import { describe, expect, it } from 'vitest';
import { afterChanges, factsOf, nothingKnown } from '../../../../src/extension/language/documentFacts.ts';
import type { Span } from '../../../../src/extension/language/sourceText.ts';
import { file, inspection, text } from './spaceExample.ts';

const shown = ({ start, end }: Span, of = text) => of.slice(start, end);
const facts = factsOf({ type: 'inspected', inspection }, file, text, nothingKnown);

describe('the facts of an inspected file', () => {
  it('have every operator at its call, with the blocks it is a candidate of', () => {
    const candidates = facts.candidates.map(placed => [
      shown(placed),
      placed.value.map(({ block }) => block.name).join(' '),
    ]);
    expect(candidates).toEqual([
      ['conv({ kernel: 3, out: 8 })', 'stem'],
      ['mbconv({ kernel: 3, expand: 3 })', 'stage1.block1 stage1.block2 stage2.block1'],
      ['zero()', 'stage1.block1 stage1.block2'],
    ]);
  });

  it('have every stage at its end, with its blocks', () => {
    expect(facts.stages.map(({ end, value }) => [text.slice(0, end).split('\n').length, value.length])).toEqual([
      [9, 2],
      [15, 1],
    ]);
  });

  it('have warnings as warnings at their field', () => {
    const warning = { message: 'Odd.', path: 'stages[1].width', place: { file, line: 11, column: 7 } };
    const { issues } = factsOf(
      { type: 'inspected', inspection: { ...inspection, warnings: [warning] } },
      file,
      text,
      nothingKnown,
    );
    expect(issues.map(placed => [shown(placed), placed.value.severity])).toEqual([['width: 16', 'warning']]);
  });
});

describe('the facts of a file that is wrong', () => {
  const refuse = (place?: { file: string; line?: number; column?: number }) =>
    factsOf({ type: 'refused', issues: [{ message: 'Wrong.', path: '', place }] }, file, text, facts);

  it('keep what was known, and have the issues as errors', () => {
    const { inspection: kept, candidates, issues } = refuse({ file, line: 3, column: 3 });
    expect([kept, candidates]).toEqual([inspection, facts.candidates]);
    expect(issues.map(placed => [shown(placed), placed.value.severity])).toEqual([
      ['mbconv({ kernel: 3, expand: 3 })', 'error'],
    ]);
  });

  it('point at the definition where the issue has no line here', () => {
    for (const place of [undefined, { file }, { file: '/project/other.ts', line: 3, column: 3 }]) {
      expect(shown(refuse(place).issues[0])).toBe('defineSearchSpace');
    }
  });

  it('point behind the indentation where a line has no column', () => {
    expect(shown(refuse({ file, line: 11 }).issues[0])).toBe('width: 16');
  });

  it('warn of an engine that failed', () => {
    const { issues } = factsOf({ type: 'failed', message: 'It ended.' }, file, text, nothingKnown);
    expect(issues[0].value).toEqual({ message: 'It ended.', path: '', severity: 'warning' });
  });
});

describe('the facts after edits', () => {
  it('move with a line typed above, and lose the operator that was changed', () => {
    const line = text.indexOf('const');
    const kernel = text.indexOf('kernel: 3, expand') + 'kernel: '.length;
    // As VS Code tells of two cursors: from the end of the text to its start.
    const edits = [
      { rangeOffset: kernel, rangeLength: 1, text: '5' },
      { rangeOffset: line, rangeLength: 0, text: '// new\n' },
    ];
    const edited = `${text.slice(0, line)}// new\n${text.slice(line, kernel)}5${text.slice(kernel + 1)}`;
    const moved = afterChanges(facts, edits);
    expect(moved.candidates.map(placed => shown(placed, edited))).toEqual(['conv({ kernel: 3, out: 8 })', 'zero()']);
    expect(moved.stages.map(({ end }) => edited.slice(end - 3, end))).toEqual(['}),', '}),']);
  });
});
