import type { RunView } from '../../protocol/viewer.ts';

/** The fields of a view that are not what they were, whole; undefined where all are. */
export function changedFields(before: RunView, after: RunView): Partial<RunView> | undefined {
  const fields = Object.keys(after) as (keyof RunView)[];
  const changed = fields.filter(field => before[field] !== after[field] && text(before[field]) !== text(after[field]));
  return changed.length > 0 ? Object.fromEntries(changed.map(field => [field, after[field]])) : undefined;
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
