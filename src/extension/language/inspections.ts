import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { SPACE_SUFFIX } from '../contributions.ts';
import { afterChanges, type DocumentFacts, factsOf, type InspectionOutcome, nothingKnown } from './documentFacts.ts';

/**
 * Inspects a file in an engine process of its own.
 *
 * @param text what the editor holds
 * @param signal ends the process; what it rejects or resolves with after that is not looked at
 */
export type Inspect = (file: string, text: string, signal: AbortSignal) => Promise<InspectionOutcome>;

/** Long enough not to start a process for every letter. */
const QUIET_MS = 400;
/** The engine limits how long a file may run; this one holds if that fails. */
const LIMIT_MS = 20_000;

/**
 * Keeps every search-space file that is shown in an editor inspected: when it comes into sight, and a moment after a
 * change. The file's code runs in the engine's process only, and only in a workspace that the person trusts.
 */
export class Inspections implements vscode.Disposable {
  private readonly facts = new Map<string, DocumentFacts>();
  /** The version that is known or being looked at, with what ends the looking. */
  private readonly work = new Map<string, { version: number; abort: AbortController }>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly disposables: vscode.Disposable[] = [this.changed];

  /** Something is known that was not, or no longer. */
  readonly onDidChange = this.changed.event;

  /** @param quietMs how long after a change nothing else must have changed */
  constructor(
    private readonly inspect: Inspect,
    private readonly quietMs = QUIET_MS,
  ) {
    this.disposables.push(
      vscode.window.onDidChangeVisibleTextEditors(() => this.update()),
      // One whose language changes is closed and opened while it is in sight.
      vscode.workspace.onDidOpenTextDocument(() => this.update()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()),
      vscode.workspace.onDidChangeTextDocument(event => this.onEdit(event)),
      vscode.workspace.onDidSaveTextDocument(saved => this.onSave(saved)),
      vscode.workspace.onDidCloseTextDocument(document => this.forget(document)),
    );
  }

  /** Inspects what is shown and was not inspected yet. */
  update(): void {
    if (!vscode.workspace.isTrusted) return;
    for (const document of shownSpaces()) {
      if (this.work.get(keyOf(document))?.version !== document.version) void this.look(document, 0);
    }
  }

  /** Inspects again what is shown: something outside the files has changed, such as a latency table. */
  refresh(): void {
    this.abortAll();
    this.update();
  }

  of(document: vscode.TextDocument): DocumentFacts {
    return this.facts.get(keyOf(document)) ?? nothingKnown;
  }

  dispose(): void {
    this.abortAll();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private abortAll(): void {
    for (const { abort } of this.work.values()) abort.abort();
    this.work.clear();
  }

  private onEdit({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (!isSpaceFile(document) || contentChanges.length === 0) return;
    const facts = this.facts.get(keyOf(document));
    if (facts) this.facts.set(keyOf(document), afterChanges(facts, contentChanges));
    if (vscode.workspace.isTrusted) void this.look(document, this.quietMs);
  }

  /** A space may import what another file holds. */
  private onSave(saved: vscode.TextDocument): void {
    if (saved.languageId !== 'typescript' || isSpaceFile(saved)) return;
    if (shownSpaces().some(document => /\bfrom\s*['"]\./.test(document.getText()))) this.refresh();
  }

  private forget(document: vscode.TextDocument): void {
    if (!isSpaceFile(document)) return;
    this.work.get(keyOf(document))?.abort.abort();
    this.work.delete(keyOf(document));
    if (this.facts.delete(keyOf(document))) this.changed.fire(document);
  }

  private async look(document: vscode.TextDocument, quietMs: number): Promise<void> {
    const key = keyOf(document);
    this.work.get(key)?.abort.abort();
    const abort = new AbortController();
    this.work.set(key, { version: document.version, abort });
    await wait(quietMs, undefined, { signal: abort.signal }).catch(() => {});
    if (abort.signal.aborted) return;
    const text = document.getText();
    const limit = AbortSignal.timeout(LIMIT_MS);
    const outcome = await this.inspect(document.fileName, text, AbortSignal.any([abort.signal, limit])).catch(failed);
    if (abort.signal.aborted) return;
    const answer = limit.aborted ? neverEnded() : outcome;
    this.facts.set(key, factsOf(answer, document.fileName, text, this.of(document)));
    this.changed.fire(document);
  }
}

/** True for files that are search spaces by their name, and can be read where the engine runs. */
export function isSpaceFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(SPACE_SUFFIX);
}

function shownSpaces(): vscode.TextDocument[] {
  const documents = vscode.window.visibleTextEditors.map(({ document }) => document).filter(isSpaceFile);
  return [...new Set(documents)];
}

function keyOf({ uri }: vscode.TextDocument): string {
  return uri.toString();
}

function failed(error: unknown): InspectionOutcome {
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

function neverEnded(): InspectionOutcome {
  const message = vscode.l10n.t(
    'This file did not finish within {0} s. Look for a loop that never ends.',
    LIMIT_MS / 1000,
  );
  return { type: 'refused', issues: [{ message, path: '' }] };
}
