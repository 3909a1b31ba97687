import { z } from 'zod';
import { type SourcePlace, UserError } from '../base/errors.ts';
import { nearest } from './nearest.ts';

/** An edit that would mend an issue; all but `renameAll` are about the field at the issue's place. */
export type Remedy =
  | { action: 'rename'; to: string }
  /** The name `from` wherever the file has it. */
  | { action: 'renameAll'; from: string; to: string }
  /** Another value, as it is written in the file. */
  | { action: 'set'; to: string }
  | { action: 'remove' };

/** One thing wrong with a search space. */
export interface Issue {
  /** What is wrong, and what was found instead: a sentence. */
  message: string;
  place?: SourcePlace;
  /** The field, such as `stages[1].candidates[0]`; empty for the file as a whole. */
  path: string;
  /** What to do: a sentence. */
  fix?: string;
  /** The same as edits, the most likely first, where that is clear. */
  remedies?: readonly Remedy[];
}

/** Everything wrong with a search space; the message tells of the first. */
export class SpaceError extends UserError {
  /** @param issues at least one */
  constructor(readonly issues: readonly Issue[]) {
    const [first, ...others] = issues;
    const rest =
      others.length === 0 ? '' : ` (${others.length} more ${others.length === 1 ? 'issue' : 'issues'} in this space.)`;
    super([first.message, first.fix].filter(Boolean).join(' ') + rest, first.place);
  }
}

/** Thrown by a primitive inside an operator that is being traced; becomes an issue of the operator. */
export class LayerError extends Error {
  constructor(
    message: string,
    readonly fix?: string,
    readonly place?: SourcePlace,
  ) {
    super(message);
  }
}

/** `['stages', 1, 'width']` as `stages[1].width`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, '');
}

/**
 * How a person's objects are parsed: findings hold what was given, and one of an unknown field has the names of the known
 * ones as its message, which is the only way out of the parser for them.
 */
export const reporting: z.core.ParseContext<z.core.$ZodIssue> = {
  reportInput: true,
  error: ({ code, inst }) =>
    code === 'unrecognized_keys' && inst instanceof z.ZodObject ? Object.keys(inst.shape).join(' ') : undefined,
};

/** Where a finding's field is written: a field that is unknown is written too. */
export function writtenPath(finding: z.core.$ZodIssue): PropertyKey[] {
  return finding.code === 'unrecognized_keys' ? [...finding.path, finding.keys[0]] : finding.path;
}

/**
 * A finding as a sentence a person can act on.
 *
 * @param finding of a schema that was applied with `reporting`
 */
export function describeFinding(
  finding: z.core.$ZodIssue,
  path: readonly PropertyKey[],
): Pick<Issue, 'message' | 'fix' | 'remedies'> {
  const field = formatPath(path);
  const name = field ? `"${field}"` : 'The argument';
  switch (finding.code) {
    case 'unrecognized_keys': {
      const [first, ...others] = finding.keys;
      const keys = finding.keys.map(key => `"${key}"`).join(', ');
      const message = `Unknown ${others.length === 0 ? 'field' : 'fields'} ${keys}${field ? ` in "${field}"` : ''}.`;
      const given = Object.keys(finding.input ?? {});
      const meant = nearest(
        first,
        finding.message.split(' ').filter(name => !given.includes(name)),
      );
      if (meant === undefined) return { message, fix: 'Remove it.', remedies: [{ action: 'remove' }] };
      return {
        message,
        fix: `Did you mean "${meant}"?`,
        remedies: [{ action: 'rename', to: meant }, { action: 'remove' }],
      };
    }
    case 'invalid_type':
      return { message: `${name} must be ${article(finding.expected)}, not ${show(finding.input)}.` };
    case 'too_small': {
      const limit = bound(finding.origin, finding.minimum, finding.inclusive, 'least', 'more');
      return { message: `${name} must ${limit}, not ${show(finding.input)}.` };
    }
    case 'too_big': {
      const limit = bound(finding.origin, finding.maximum, finding.inclusive, 'most', 'less');
      return { message: `${name} must ${limit}, not ${show(finding.input)}.` };
    }
    case 'invalid_value':
      return {
        message: `${name} must be one of ${finding.values.map(value => JSON.stringify(value)).join(', ')}, not ${show(finding.input)}.`,
      };
    default:
      return { message: `${name}: ${finding.message}` };
  }
}

function bound(
  origin: string,
  limit: number | bigint,
  inclusive: boolean | undefined,
  at: string,
  beyond: string,
): string {
  if (origin === 'array') return `be a list of at ${at} ${limit}`;
  if (origin === 'string') return `be a text of at ${at} ${limit} ${limit === 1 ? 'letter' : 'letters'}`;
  return inclusive ? `be at ${at} ${limit}` : `be ${beyond} than ${limit}`;
}

function article(type: string): string {
  const noun =
    { int: 'whole number', array: 'list', tuple: 'list', record: 'object', nonoptional: 'value' }[type] ?? type;
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
