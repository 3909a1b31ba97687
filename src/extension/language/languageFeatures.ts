import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Outcome } from '../../protocol/engineClient.ts';
import type { EngineRequest } from '../../protocol/messages.ts';
import { SPACE_PATTERN } from '../contributions.ts';
import { SpaceLenses } from './codeLenses.ts';
import { showDiagnostics } from './diagnostics.ts';
import type { InspectionOutcome } from './documentFacts.ts';
import { Inspections } from './inspections.ts';
import { latencyHovers, quickFixes, stageHints } from './providers.ts';

/** Has an engine process of its own answer a request that takes a moment; the signal ends it. */
export type AskEngine = (request: EngineRequest, cwd: string, signal: AbortSignal) => Promise<Outcome>;

export interface LanguageFeatures extends vscode.Disposable {
  /** To be called when a latency table is new: what is shown of latencies is read again. */
  refresh(): void;
}

/** What the editor shows of search-space files beside what TypeScript knows of them. */
export function registerLanguageFeatures(ask: AskEngine): LanguageFeatures {
  const files: vscode.DocumentSelector = { language: 'typescript', scheme: 'file', pattern: SPACE_PATTERN };
  const inspections = new Inspections(async (file, text, signal) =>
    outcomeOf(await ask({ command: 'inspect', file, text }, workingFolder(file), signal)),
  );
  const { languages } = vscode;
  const disposable = vscode.Disposable.from(
    inspections,
    showDiagnostics(inspections),
    languages.registerCodeLensProvider(files, new SpaceLenses(inspections)),
    languages.registerHoverProvider(files, latencyHovers(inspections)),
    languages.registerInlayHintsProvider(files, stageHints(inspections)),
    languages.registerCodeActionsProvider(files, quickFixes(inspections), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  );
  inspections.update();
  return { refresh: () => inspections.refresh(), dispose: () => disposable.dispose() };
}

/** Where the engine keeps the latency tables it reads: in the workspace folder of the file. */
function workingFolder(file: string): string {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath ?? dirname(file);
}

function outcomeOf(outcome: Outcome): InspectionOutcome {
  switch (outcome.type) {
    case 'result':
      if (outcome.result.command === 'inspect') return { type: 'inspected', inspection: outcome.result };
      break;
    case 'failure':
      if (outcome.user) return { type: 'refused', issues: outcome.issues ?? [{ message: outcome.message, path: '' }] };
      return { type: 'failed', message: outcome.message };
    case 'died':
      return {
        type: 'failed',
        message: vscode.l10n.t(
          'This file could not be checked: the process that ran it ended. Look for a call that ends it, or in the log.',
        ),
      };
  }
  return { type: 'failed', message: vscode.l10n.t('This file could not be checked.') };
}
