import type { SourcePlace } from '../base/errors.ts';
import { buildBlocks } from './blocks.ts';
import { budgetNames } from './budgets.ts';
import { Dataset } from './datasets.ts';
import { type CheckedDefinition, definitionSchema, type SearchSpaceDefinition, stagePlace } from './definition.ts';
import { describeFinding, formatPath, type Issue, reporting, SpaceError, writtenPath } from './issues.ts';
import { Operator } from './operator.ts';
import { callerPlace, fieldPlace } from './places.ts';
import { completeSchedule } from './schedules.ts';
import type { SearchSpace } from './searchSpace.ts';

const made = new WeakSet<object>();

/** True for what `defineSearchSpace` returned. */
export function isSearchSpace(value: unknown): value is SearchSpace {
  return typeof value === 'object' && value !== null && made.has(value);
}

/**
 * The search space of a file: `export default defineSearchSpace({ ... })`. It is checked as a whole, with every candidate
 * built at its shape; everything wrong with it is told at once, each at its place.
 */
export function defineSearchSpace(definition: SearchSpaceDefinition): SearchSpace {
  const call = callerPlace();
  const parsed = definitionSchema.safeParse(definition, reporting);
  const issues = [
    ...(parsed.success ? [] : fieldIssues(parsed.error.issues, definition, call)),
    ...argumentIssues(definition),
  ];
  if (parsed.success && issues.length === 0) {
    const space = build(parsed.data, definition, call, issues);
    made.add(space);
    if (issues.length === 0) return space;
  }
  throw new SpaceError(issues);
}

/** The space; `issues` gets what does not fit together. */
function build(
  checked: CheckedDefinition,
  raw: SearchSpaceDefinition,
  call: SourcePlace | undefined,
  issues: Issue[],
): SearchSpace {
  const { name, dataset, augment, objective } = checked;
  const input = checked.input ?? dataset.imageShape!;
  return {
    name,
    dataset: dataset.spec,
    input,
    classes: dataset.classes,
    augment,
    blocks: buildBlocks(checked, input, { call, stages: raw.stages.map(stagePlace) }, issues),
    objective,
    schedule: completeSchedule(checked.schedule, dataset),
    places: {
      dataset: fieldPlace(call, ['dataset']),
      device: fieldPlace(call, ['objective', 'latency', 'device']),
      targetMs: fieldPlace(call, ['objective', 'latency', 'targetMs']),
      batch: fieldPlace(call, ['schedule', 'batch']),
      budget: Object.fromEntries(budgetNames.map(name => [name, fieldPlace(call, ['objective', 'budget', name])])),
    },
  };
}

function fieldIssues(
  findings: Parameters<typeof describeFinding>[0][],
  definition: unknown,
  call: SourcePlace | undefined,
): Issue[] {
  return findings.map(finding => {
    const written = writtenPath(finding);
    const [field, index, ...inside] = written;
    const stage = field === 'stages' ? stagePlace(valueAt(definition, [field, index])) : undefined;
    return {
      ...describeFinding(finding, finding.path),
      place: stage ? fieldPlace(stage, inside) : fieldPlace(call, written),
      path: formatPath(finding.path),
    };
  });
}

/** Issues that builders found in their own arguments, each once however often the operator is listed. */
function argumentIssues(definition: unknown): Issue[] {
  const lists = [valueAt(definition, ['stem'])];
  const stages = valueAt(definition, ['stages']);
  if (Array.isArray(stages)) lists.push(...stages.map(stage => valueAt(stage, ['candidates'])));
  const operators = new Set(lists.flat().filter(value => value instanceof Operator));
  const dataset = valueAt(definition, ['dataset']);
  return [
    ...(dataset instanceof Dataset ? dataset.issues : []),
    ...[...operators].flatMap(operator => operator.issues),
  ];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
