import { describe, expect, it } from 'vitest';
import { remedyEdits } from '../../../../src/extension/language/remedies.ts';
import type { Remedy } from '../../../../src/protocol/spaceView.ts';

/** The text after the remedy for an issue at the mark `|`. */
function mended(marked: string, remedy: Remedy): string {
  const start = marked.indexOf('|');
  const text = marked.replace('|', '');
  return remedyEdits(text, start, remedy)
    .toReversed()
    .reduce((current, { start, end, newText }) => current.slice(0, start) + newText + current.slice(end), text);
}

describe('renaming a field', () => {
  it('changes its name alone', () => {
    expect(mended('stage({ |widht: 8, depth: 2 })', { action: 'rename', to: 'width' })).toBe(
      'stage({ width: 8, depth: 2 })',
    );
  });

  it('leaves its quotes', () => {
    expect(mended("{ |'widht': 8 }", { action: 'rename', to: 'width' })).toBe("{ 'width': 8 }");
  });
});

describe('renaming an import', () => {
  it('changes every use in code', () => {
    const text = `import { mbconf } from 'x'; // mbconf\nconst a = |mbconf({ kernel: 3 }), b = 'mbconf';`;
    expect(mended(text, { action: 'renameAll', from: 'mbconf', to: 'mbconv' })).toBe(
      `import { mbconv } from 'x'; // mbconf\nconst a = mbconv({ kernel: 3 }), b = 'mbconf';`,
    );
  });
});

describe('setting a value', () => {
  it('leaves what is around it', () => {
    expect(mended('latency: { |targetMs: 0.001, threads: 1 }', { action: 'set', to: '0.05' })).toBe(
      'latency: { targetMs: 0.05, threads: 1 }',
    );
  });

  it('does nothing where the field is not as expected', () => {
    expect(mended('latency: { |targetMs }', { action: 'set', to: '0.05' })).toBe('latency: { targetMs }');
    expect(mended('|defineSearchSpace({})', { action: 'set', to: '0.05' })).toBe('defineSearchSpace({})');
  });
});

describe('removing a field', () => {
  const remove = (text: string) => mended(text, { action: 'remove' });

  it('takes its comma', () => {
    expect(remove('{ |a: 1, b: 2 }')).toBe('{ b: 2 }');
    expect(remove('{ a: 1, |b: f(1, 2), c: 3 }')).toBe('{ a: 1, c: 3 }');
  });

  it('takes the comma before it where it is the last', () => {
    expect(remove('{ a: 1, |b: 2 }')).toBe('{ a: 1 }');
    expect(remove('{ |b: 2 }')).toBe('{  }');
  });

  it('takes the line where it stands there alone', () => {
    expect(remove('{\n  a: 1,\n  |b: 2,\n  c: 3,\n}')).toBe('{\n  a: 1,\n  c: 3,\n}');
    expect(remove('{\n  a: 1,\n  |b: 2\n}')).toBe('{\n  a: 1,\n}');
  });

  it('takes all lines of its value', () => {
    expect(remove('{\n  |b: {\n    c: 1,\n  },\n  d: 2,\n}')).toBe('{\n  d: 2,\n}');
  });

  it('leaves a comment behind it', () => {
    expect(remove('{\n  a: 1, // one\n  |b: 2, // two\n}')).toBe('{\n  a: 1, // one\n  // two\n}');
  });
});
