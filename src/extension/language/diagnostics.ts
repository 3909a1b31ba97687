import * as vscode from 'vscode';
import type { FoundIssue } from './documentFacts.ts';
import type { Inspections } from './inspections.ts';
import { rangeOf } from './ranges.ts';

export const SOURCE = 'Proxyless Studio';

/** Everything wrong with the search spaces that are shown, each at its place, in whichever file that is. */
export function showDiagnostics(inspections: Inspections): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(SOURCE);
  const byDocument = new Map<string, [vscode.Uri, vscode.Diagnostic[]][]>();
  const show = (document: vscode.TextDocument) => {
    const found = Map.groupBy(inspections.of(document).issues, ({ value }) => elsewhere(value, document) ?? '');
    byDocument.set(
      document.uri.toString(),
      [...found].map(([file, issues]) => [
        file === '' ? document.uri : vscode.Uri.file(file),
        issues.map(placed =>
          diagnosticOf(placed.value, file === '' ? rangeOf(document, placed) : lineOf(placed.value)),
        ),
      ]),
    );
    // A file may be imported by several of them; entries of one file are put together.
    collection.clear();
    collection.set([...byDocument.values()].flat());
  };
  return vscode.Disposable.from(collection, inspections.onDidChange(show));
}

/** What is shown of an issue: what is wrong, then what to do. */
export function messageOf({ message, fix }: FoundIssue): string {
  return fix ? `${message} ${fix}` : message;
}

function diagnosticOf(issue: FoundIssue, range: vscode.Range): vscode.Diagnostic {
  const { Error: error, Warning: warning } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(range, messageOf(issue), issue.severity === 'error' ? error : warning);
  diagnostic.source = SOURCE;
  return diagnostic;
}

/** The other file that the issue is in. */
function elsewhere({ place }: FoundIssue, document: vscode.TextDocument): string | undefined {
  return place === undefined || place.file === document.fileName ? undefined : place.file;
}

function lineOf({ place }: FoundIssue): vscode.Range {
  const line = (place?.line ?? 1) - 1;
  return new vscode.Range(line, (place?.column ?? 1) - 1, line, Number.MAX_SAFE_INTEGER);
}
