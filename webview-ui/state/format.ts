import { locale } from './text.ts';

/** Figures as text: short, with the unit, and with as many digits as say something, written as in the editor's language. */

const [, POINT] = (1.5).toLocaleString(locale);
const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const MINUS = '\u2212';

/** `0.0543 ms`, `78.2 ms`. */
export function formatMs(ms: number): string {
  return `${significant(ms, 3)} ms`;
}

/** `91.97 %` of a share. */
export function formatShare(share: number, digits = 1): string {
  return `${formatFixed(share * 100, digits)} %`;
}

/** Whole per cent of a probability for a narrow cell; what is small but there is not shown as nothing. */
export function formatPercent(probability: number): string {
  if (probability > 0 && probability < 0.005) return '<1';
  if (probability < 1 && probability >= 0.995) return '>99';
  return String(Math.round(probability * 100));
}

/** `2.38 M`, `43.5 k`, `310`. */
export function formatCount(count: number): string {
  const units = [
    { size: 1e9, unit: 'G' },
    { size: 1e6, unit: 'M' },
    { size: 1e3, unit: 'k' },
  ];
  const fit = units.find(({ size }) => count >= size);
  return fit ? `${significant(count / fit.size, 3)} ${fit.unit}` : String(Math.round(count));
}

/** `1,240`. */
export function formatInteger(count: number): string {
  return integers.format(Math.round(count));
}

/** `0:08`, `12:40`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** `41.6 µJ`, `2.28 mJ`, `850 J`, `12.4 kJ`, `1.32 kWh`. */
export function formatEnergy(joules: number): string {
  if (joules > 0 && joules < 1e-3) return `${significant(joules * 1e6, 3)} µJ`;
  if (joules > 0 && joules < 1) return `${significant(joules * 1e3, 3)} mJ`;
  if (joules >= 3.6e5) return `${significant(joules / 3.6e6, 3)} kWh`;
  return joules >= 1e3 ? `${significant(joules / 1e3, 3)} kJ` : `${Math.round(joules)} J`;
}

/** `412 MB`, `1.2 GB`. */
export function formatMemory(megabytes: number): string {
  return megabytes >= 1000 ? `${formatFixed(megabytes / 1000, 1)} GB` : `${Math.round(megabytes)} MB`;
}

/** `+0.24` */
export function formatSigned(value: number, digits = 2): string {
  const text = formatFixed(Math.abs(value), digits);
  if (roundsToZero(value, digits)) return text;
  return `${value < 0 ? MINUS : '+'}${text}`;
}

/** Whether a number is shown as nothing with so many decimals. */
export function roundsToZero(value: number, digits = 2): boolean {
  return Number(value.toFixed(digits)) === 0;
}

/** So many decimals, with a true minus sign. */
export function formatFixed(value: number, digits: number): string {
  return value.toFixed(digits).replace('.', POINT).replace('-', MINUS);
}

/** `24 Nov 2026, 21:38` of a time as runs record it; nothing where it is none. */
export function formatTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** `16×14×14` of channels, height and width; nothing where an old run's log does not say. */
export function formatShape(shape: readonly number[]): string {
  return shape.every(size => size > 0) ? shape.join('×') : '';
}

/** So many significant digits, without an exponent, and trailing zeros kept: a column of them lines up. */
export function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  return formatFixed(value, Math.min(8, Math.max(0, digits - 1 - exponent)));
}
