import * as vscode from 'vscode';
import { commandIds } from '../contributions.ts';
import { messageOf, SOURCE } from './diagnostics.ts';
import type { Inspections } from './inspections.ts';
import { latencyTable } from './latencyTable.ts';
import { rangeOf } from './ranges.ts';
import { remedyEdits } from './remedies.ts';
import { remedyTitle } from './remedyTitles.ts';
import { stageHint } from './stageHints.ts';

/** Over an operator: what it costs in each place where it is a candidate. */
export function latencyHovers(inspections: Inspections): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const { inspection, candidates } = inspections.of(document);
      const at = document.offsetAt(position);
      const around = candidates.filter(({ start, end }) => start <= at && at < end);
      if (!inspection || around.length === 0) return undefined;
      const innermost = around.reduce((left, right) => (right.start > left.start ? right : left));
      const profile = `command:${commandIds.profile}?${encodeURIComponent(JSON.stringify([document.uri]))}`;
      const text = new vscode.MarkdownString(latencyTable(innermost.value, inspection.view, profile));
      text.isTrusted = { enabledCommands: [commandIds.profile] };
      return new vscode.Hover(text, rangeOf(document, innermost));
    },
  };
}

/** After a stage: its share of the expected latency. */
export function stageHints(inspections: Inspections): vscode.InlayHintsProvider {
  return {
    onDidChangeInlayHints: listener => inspections.onDidChange(() => listener()),
    provideInlayHints(document, range) {
      const { inspection, stages } = inspections.of(document);
      return stages.flatMap(({ end, value }) => {
        const position = document.positionAt(end);
        const hint = inspection && range.contains(position) ? stageHint(value, inspection.view) : undefined;
        if (!hint) return [];
        const shown = new vscode.InlayHint(position, hint.text);
        shown.tooltip = hint.tooltip;
        shown.paddingLeft = true;
        return [shown];
      });
    },
  };
}

/** At an issue: what would mend it, where that is clear. */
export function quickFixes(inspections: Inspections): vscode.CodeActionProvider {
  return {
    provideCodeActions(document, range, { diagnostics }) {
      const text = document.getText();
      return inspections.of(document).issues.flatMap(placed => {
        if (!rangeOf(document, placed).intersection(range)) return [];
        return (placed.value.remedies ?? []).flatMap((remedy, index) => {
          const edits = remedyEdits(text, placed.start, remedy);
          if (edits.length === 0) return [];
          const action = new vscode.CodeAction(remedyTitle(remedy), vscode.CodeActionKind.QuickFix);
          action.edit = new vscode.WorkspaceEdit();
          for (const edit of edits) action.edit.replace(document.uri, rangeOf(document, edit), edit.newText);
          const message = messageOf(placed.value);
          action.diagnostics = diagnostics.filter(shown => shown.source === SOURCE && shown.message === message);
          action.isPreferred = index === 0 && remedy.action !== 'remove';
          return [action];
        });
      });
    },
  };
}
