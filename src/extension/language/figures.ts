import * as vscode from 'vscode';

/** Numbers as people read them, in the language of the editor. */

/** Latency: three digits, and never more than a ten-thousandth of a millisecond. */
export function milliseconds(ms: number): string {
  const digits = ms >= 100 ? 0 : ms >= 10 ? 1 : ms >= 1 ? 2 : ms >= 0.1 ? 3 : 4;
  return `${format(ms, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** Multiply-adds and parameters: `2.31 M`. */
export function amount(count: number): string {
  const units: [number, string][] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ];
  const [size, unit] = units.find(([least]) => count >= least) ?? [1, ''];
  return `${format(count / size, { maximumSignificantDigits: 3 })}${unit}`;
}

/** Of one inference, three digits: `41.6 µJ`, `2.28 mJ`. */
export function energy(microjoules: number): string {
  const [size, unit] = microjoules >= 1000 ? [1000, 'mJ'] : [1, 'µJ'];
  return `${format(microjoules / size, { maximumSignificantDigits: 3 })} ${unit}`;
}

/** How many networks: in digits up to ten million, then as a power of ten. */
export function networkCount(count: number | string): string {
  if (Number(count) < 1e7) return format(Number(count));
  const digits = BigInt(count).toString();
  // The first digits alone, since the whole may be too large for a number.
  const [mantissa, power] = Number(digits.slice(0, 15)).toExponential(1).split('e+').map(Number);
  return `${format(mantissa)} × 10${superscript(power + Math.max(0, digits.length - 15))}`;
}

/** A share as a whole number of percent. */
export function percent(share: number): string {
  return `${format(share * 100, { maximumFractionDigits: 0 })} %`;
}

/** How long ago: minutes, hours or days. */
export function duration(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 90) return vscode.l10n.t('{0} min', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? vscode.l10n.t('{0} h', hours) : vscode.l10n.t('{0} days', Math.round(hours / 24));
}

/** `16x14x14`, as shapes are written everywhere. */
export function shape(sizes: readonly number[]): string {
  return sizes.join('x');
}

function format(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(vscode.env.language, options);
}

function superscript(value: number): string {
  return [...String(value)].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}
