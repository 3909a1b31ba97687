import { describe, expect, it } from 'vitest';
import { closingBracket, codeOf } from '../../../src/base/code.ts';

describe('codeOf', () => {
  it('blanks comments and quotes and keeps every offset', () => {
    const code = codeOf('a("x)", `b\n)`, /* ) */ c) // )');
    expect(code).toBe('a("""", ""\n"",         c)     ');
  });

  it('takes an escaped quote as part of the string', () => {
    expect(codeOf(String.raw`'it\'s )' )`)).toBe('""""""""" )');
  });

  it('ends a string that is not closed with its line', () => {
    expect(codeOf("name: 'open\n(x)")).toBe("name: 'open\n(x)");
  });
});

describe('closingBracket', () => {
  it('skips brackets that open later', () => {
    expect(closingBracket('f(a[0], { b: (c) }) )', 2)).toBe(18);
    expect(closingBracket('f(a', 2)).toBeUndefined();
  });
});
