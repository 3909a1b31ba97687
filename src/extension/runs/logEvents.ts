import { type RunEvent, runEventSchema } from '../../protocol/events.ts';

/**
 * What a line of a run's log holds, as far as it can be trusted: a record with a type. Logs may be of other versions,
 * cut off, or hostile; whatever is not an event of ours is passed over.
 */
export interface RawEvent {
  type: string;
  [field: string]: unknown;
}

export function parseLine(text: string): RawEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRecord(value) && typeof value.type === 'string' ? (value as RawEvent) : undefined;
}

/** The event, if the record is one of this version. */
export function checkEvent(raw: RawEvent): RunEvent | undefined {
  return runEventSchema.safeParse(raw).data;
}

/** A field that is a finite number. */
export function numberOf(raw: Record<string, unknown>, field: string): number | undefined {
  const value = raw[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A field that holds others; empty where it is none. */
export function recordOf(raw: RawEvent, field: string): Record<string, unknown> {
  const value = raw[field];
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
