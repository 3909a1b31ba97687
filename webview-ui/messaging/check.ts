import type { ToPage } from '../../src/protocol/viewer.ts';
import { VIEWER_VERSION } from '../../src/protocol/viewerNames.ts';

/** For each type of message, the fields that must be there to draw from it. */
const fields: Record<ToPage['type'], Record<string, 'object' | 'string' | 'number'>> = {
  snapshot: { run: 'object' },
  empty: { text: 'string' },
  delta: { changes: 'object' },
  curves: { from: 'number', to: 'number', series: 'object' },
  replay: { live: 'object' },
  compare: {},
  comparedCurves: { from: 'number', to: 'number', series: 'object' },
  show: { screen: 'string' },
  notice: { text: 'string' },
};

/**
 * The message, or undefined where this is none or one of another version. The host checks run files by the schema before
 * it sends anything, and nobody else can post here but the page's own frame; so this looks at the envelope only, and
 * the page does without a validator's 60 kB.
 */
export function toPageMessage(data: unknown): ToPage | undefined {
  if (!isRecord(data) || typeof data.type !== 'string' || !Object.hasOwn(fields, data.type)) return undefined;
  if ('version' in data && data.version !== VIEWER_VERSION) return undefined;
  const type = data.type as ToPage['type'];
  const whole = Object.entries(fields[type]).every(([name, kind]) => typeof data[name] === kind && data[name] !== null);
  return whole ? (data as ToPage) : undefined;
}

/** True for an object that is not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
