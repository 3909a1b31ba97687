import type { Inspection } from '../../protocol/messages.ts';
import type { BlockView, Issue } from '../../protocol/spaceView.ts';
import { afterChange, type Placed } from './placed.ts';
import { type Occurrences, placeCandidates, placeIssue, placeStages } from './spacePlaces.ts';

/** What an engine process said of a search-space file. */
export type InspectionOutcome =
  | { type: 'inspected'; inspection: Inspection }
  /** The file is wrong, in a way a person can mend. */
  | { type: 'refused'; issues: readonly Issue[] }
  /** The engine failed, in one sentence. */
  | { type: 'failed'; message: string };

export interface FoundIssue extends Issue {
  severity: 'error' | 'warning';
}

/** What is known of a document, each at the place where it is now. */
export interface DocumentFacts {
  /** Of the last text that was a search space; so are candidates and stages. */
  inspection?: Inspection;
  candidates: readonly Placed<Occurrences>[];
  stages: readonly Placed<readonly BlockView[]>[];
  /** Of the last text that was looked at. */
  issues: readonly Placed<FoundIssue>[];
}

export const nothingKnown: DocumentFacts = { candidates: [], stages: [], issues: [] };

/** The facts after an outcome for `text`. A text that is no search space leaves what is known of the last one that was. */
export function factsOf(outcome: InspectionOutcome, file: string, text: string, before: DocumentFacts): DocumentFacts {
  const placed = (issues: readonly Issue[], severity: FoundIssue['severity']) =>
    issues.map(issue => ({ ...placeIssue(issue, file, text), value: { ...issue, severity } }));
  switch (outcome.type) {
    case 'inspected': {
      const { inspection } = outcome;
      return {
        inspection,
        candidates: placeCandidates(inspection.view, file, text),
        stages: placeStages(inspection.view, file, text),
        issues: placed(inspection.warnings, 'warning'),
      };
    }
    case 'refused':
      return { ...before, issues: placed(outcome.issues, 'error') };
    case 'failed':
      return { ...before, issues: placed([{ message: outcome.message, path: '' }], 'warning') };
  }
}

/** An edit as VS Code tells it. */
interface Edit {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/** The facts after edits, of which VS Code orders several from the end of the text to its start. */
export function afterChanges(facts: DocumentFacts, edits: readonly Edit[]): DocumentFacts {
  let { candidates, stages, issues } = facts;
  for (const { rangeOffset, rangeLength, text } of edits) {
    const change = { offset: rangeOffset, removed: rangeLength, added: text.length };
    candidates = afterChange(candidates, change);
    stages = afterChange(stages, change);
    issues = afterChange(issues, change);
  }
  return { ...facts, candidates, stages, issues };
}
