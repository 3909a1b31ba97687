import { Fragment, h, type VNode } from 'preact';

/** The element of the page in which the host leaves the texts of the editor's language. */
const TEXTS = 'texts';

/** Texts by their English ones, as `vscode.l10n` has them; empty where the editor speaks English. */
const bundle: Readonly<Record<string, string | undefined>> = readBundle();

/** The editor's language. The functions of this page are also tested where there is no document. */
export const locale = globalThis.document?.documentElement.lang || 'en';

/** A text in the editor's language. @param message the English one, with `{0}` and so on for the arguments */
export function t(message: string, ...args: readonly (string | number)[]): string {
  return pieces(message)
    .map(piece => (typeof piece === 'number' ? String(args[piece] ?? '') : piece))
    .join('');
}

/** As `t`, with elements among the arguments. */
export function rich(message: string, ...args: readonly (VNode | string)[]): VNode {
  return h(Fragment, null, ...pieces(message).map(piece => (typeof piece === 'number' ? args[piece] : piece)));
}

/** The translated text in parts: what is written, and the numbers of arguments. */
function pieces(message: string): (string | number)[] {
  const text = (Object.hasOwn(bundle, message) && bundle[message]) || message;
  return text.split(/\{(\d+)\}/).map((part, i) => (i % 2 === 1 ? Number(part) : part));
}

function readBundle(): Record<string, string> {
  const text = globalThis.document?.getElementById(TEXTS)?.textContent;
  return text ? JSON.parse(text) : {};
}
