/** Reading TypeScript as text, where no parser is at hand and offsets are known from elsewhere. */

// Template strings that hold template strings are cut short; a search space has no use for them.
const inert = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(['"])(?:\\[\s\S]|(?!\1)[^\\\n])*\1|`(?:\\[\s\S]|[^\\`])*`/g;

/** The text at the same offsets, with comments as blanks and everything in quotes as quotes: what is left is code. */
export function codeOf(text: string): string {
  return text.replace(inert, found =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found.replace(/[^\n]/g, '"'),
  );
}

/** Where the bracket that was opened before `from` closes, in what `codeOf` returned. */
export function closingBracket(code: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < code.length; at++) {
    if (/[([{]/.test(code[at])) depth++;
    else if (/[)\]}]/.test(code[at]) && --depth === 0) return at;
  }
  return undefined;
}
