import { describe, expect, it } from 'vitest';
import {
  callAt,
  fieldAt,
  findCall,
  findWord,
  markAt,
  offsetAt,
  type Span,
} from '../../../../src/extension/language/sourceText.ts';

const text = `import { mbconv, stage } from 'proxyless-studio'; // mbconv( and { brackets
const list = [mbconv({ kernel: 3 /* ) */, expand: 6 }), mbconv({
  kernel: 5, // the larger )
  expand: 6,
})];
export default defineSearchSpace({ name: 'a ) b', stages: [stage({ width: 8, "depth": [1, 2], list })] });
`;

const shown = (span: Span | undefined) => span && text.slice(span.start, span.end);
const at = (part: string) => text.indexOf(part);

describe('offsetAt', () => {
  it('counts lines and columns from 1', () => {
    expect(text.slice(offsetAt(text, 2, 15)).startsWith('mbconv({ kernel: 3')).toBe(true);
    expect(offsetAt(text, 1, 1)).toBe(0);
  });

  it('stays inside the line, and inside the text', () => {
    expect(offsetAt('ab\ncd', 1, 99)).toBe(2);
    expect(offsetAt('ab\r\ncd', 1, 99)).toBe(2);
    expect(offsetAt('ab\ncd', 99, 1)).toBe(5);
  });
});

describe('findCall', () => {
  it('finds the call, not the import or a comment', () => {
    expect(findCall(text, 'mbconv')?.start).toBe(at('mbconv({ kernel: 3'));
    expect(findCall(text, 'defineSearchSpace')?.start).toBe(at('defineSearchSpace('));
    expect(findCall('// f()', 'f')).toBeUndefined();
    expect(findCall('other.f(); gf()', 'f')).toBeUndefined();
  });
});

describe('findWord', () => {
  it('finds every use in code', () => {
    expect(findWord(text, 'mbconv')).toHaveLength(3);
    expect(findWord('a$b a b', 'a')).toEqual([{ start: 4, end: 5 }]);
  });
});

describe('callAt', () => {
  it('reaches to the closing bracket, over comments and lines', () => {
    expect(shown(callAt(text, at('mbconv({ kernel: 3')))).toBe('mbconv({ kernel: 3 /* ) */, expand: 6 })');
    expect(shown(callAt(text, at('mbconv({\n')))).toMatch(/^mbconv\(\{\n[\s\S]*expand: 6,\n\}\)$/);
  });

  it('is nothing where nothing is called or the bracket never closes', () => {
    expect(callAt(text, at('kernel'))).toBeUndefined();
    expect(callAt('f(a', 0)).toBeUndefined();
  });
});

describe('fieldAt', () => {
  it('has a name and a value', () => {
    const field = fieldAt(text, at('kernel: 3'));
    expect([shown(field), shown(field?.name), shown(field?.value)]).toEqual(['kernel: 3', 'kernel', '3']);
  });

  it('may be in quotes, hold commas, or be a shorthand', () => {
    const quoted = fieldAt(text, at('"depth"'));
    expect([shown(quoted?.name), shown(quoted?.value)]).toEqual(['depth', '[1, 2]']);
    const shorthand = fieldAt(text, at('list })'));
    expect([shown(shorthand), shorthand?.value]).toEqual(['list', undefined]);
  });

  it('keeps a string whole', () => {
    expect(shown(fieldAt(text, at("name: 'a"))?.value)).toBe("'a ) b'");
  });

  it('is nothing at a call', () => {
    expect(fieldAt(text, at('stage({'))).toBeUndefined();
  });
});

describe('markAt', () => {
  it('covers a field or a call of one line', () => {
    expect(shown(markAt(text, at('width: 8')))).toBe('width: 8');
    expect(shown(markAt(text, at('mbconv({ kernel: 3')))).toBe('mbconv({ kernel: 3 /* ) */, expand: 6 })');
  });

  it('covers the name alone of what goes on over lines', () => {
    expect(shown(markAt(text, at('mbconv({\n')))).toBe('mbconv');
  });

  it('covers the rest of the line where no word stands', () => {
    expect(shown(markAt(text, at('})];')))).toBe('})];');
  });
});
