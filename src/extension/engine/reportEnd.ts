import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Quantised } from '../../protocol/devices.ts';
import type { Outcome } from '../../protocol/engineClient.ts';
import type { EngineResult } from '../../protocol/messages.ts';
import { commandIds } from '../contributions.ts';
import { showFailure, showMistake } from '../problems.ts';
import { isResumable, summariseRun } from '../runs/runSummary.ts';
import { milliseconds, percent } from '../views/runTexts.ts';
import { endSentence } from './endings.ts';
import type { Work } from './work.ts';

/** Tells the person how a work ended, with what can be done next. */
export async function reportEnd(work: Work, outcome: Outcome, log: vscode.LogOutputChannel): Promise<void> {
  const { run } = work;
  const resume = vscode.l10n.t('Resume');
  switch (outcome.type) {
    case 'result':
      return reportResult(outcome.result);
    case 'stopped': {
      if (outcome.run === null || work.replaced) return;
      const resumable = await canResume(outcome.run);
      const message = resumable
        ? vscode.l10n.t('{0} was stopped; what was reached is saved.', work.title)
        : vscode.l10n.t('{0} was stopped before there was anything to save.', work.title);
      const pressed = await vscode.window.showInformationMessage(message, ...(resumable ? [resume] : []));
      if (pressed === resume) await vscode.commands.executeCommand(commandIds.resumeRun, { folder: outcome.run });
      return;
    }
    case 'failure':
      if (outcome.user) return showMistake(outcome.message, outcome.issues?.[0]?.place);
      break;
    case 'died':
      break;
  }
  const message = `${work.title}: ${endSentence(outcome)}`;
  const buttons = work.steerable && run !== null && (await canResume(run)) ? [resume] : [];
  if ((await showFailure(message, log, ...buttons)) === resume)
    await vscode.commands.executeCommand(commandIds.resumeRun, { folder: run });
}

async function canResume(run: string): Promise<boolean> {
  const summary = await summariseRun(run, false);
  return summary !== undefined && isResumable(summary);
}

async function reportResult(result: EngineResult): Promise<void> {
  const show = (message: string, ...buttons: string[]) => vscode.window.showInformationMessage(message, ...buttons);
  switch (result.command) {
    case 'search':
    case 'resume':
    case 'train': {
      const { testAccuracy, latencyMs } = result.metrics;
      const found = latencyMs
        ? vscode.l10n.t(
            'Found a network with {0} test accuracy at {1} (target {2}).',
            percent(testAccuracy),
            latencyText(latencyMs.measured, latencyMs.predicted),
            milliseconds(latencyMs.target),
          )
        : vscode.l10n.t('Found a network with {0} test accuracy within its budget.', percent(testAccuracy));
      const report = vscode.l10n.t('Open Report');
      if ((await show(found, report)) === report)
        await vscode.commands.executeCommand(commandIds.openReport, { folder: result.run });
      return;
    }
    case 'derive': {
      const { measuredMs, predictedMs } = result;
      const text =
        measuredMs !== undefined && predictedMs !== undefined
          ? vscode.l10n.t(
              'Derived a network of {0} ({1} predicted). It is not trained yet.',
              milliseconds(measuredMs),
              milliseconds(predictedMs),
            )
          : vscode.l10n.t('Derived a network. It is not trained yet.');
      const train = vscode.l10n.t('Train Derived Network');
      if ((await show(text, train)) === train)
        await vscode.commands.executeCommand(commandIds.train, { folder: result.run });
      return;
    }
    case 'export':
      return reportExport(result);
    default:
      // Whoever asked tells it.
      return;
  }
}

/** Measured, or said to be predicted only. */
function latencyText(measuredMs: number | undefined, predictedMs: number): string {
  return measuredMs === undefined
    ? vscode.l10n.t('{0} as predicted', milliseconds(predictedMs))
    : milliseconds(measuredMs);
}

async function reportExport({ file, quantised }: Extract<EngineResult, { command: 'export' }>): Promise<void> {
  const uri = vscode.Uri.file(file);
  const [reveal, saveAs] = [vscode.l10n.t('Show in Explorer'), vscode.l10n.t('Save a Copy…')];
  const exported = vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri));
  const text = quantised ? `${exported} ${eightBits(quantised)}` : exported;
  const pressed = await vscode.window.showInformationMessage(text, reveal, saveAs);
  if (pressed === reveal) await vscode.commands.executeCommand('revealInExplorer', uri);
  if (pressed !== saveAs) return;
  const to = await vscode.window.showSaveDialog({
    defaultUri: uri,
    filters: { ONNX: ['onnx'] },
    title: basename(file),
  });
  if (to) await vscode.workspace.fs.copy(uri, to, { overwrite: true });
}

/** What the network has gained and lost in 8 bits. */
function eightBits({ testAccuracy, latencyMs, bytes }: Quantised): string {
  return vscode.l10n.t(
    'In 8 bits: test accuracy {0} instead of {1}, latency {2} instead of {3}, {4} kB instead of {5} kB.',
    percent(testAccuracy.int8),
    percent(testAccuracy.fp32),
    milliseconds(latencyMs.int8),
    milliseconds(latencyMs.fp32),
    Math.round(bytes.int8 / 1024),
    Math.round(bytes.fp32 / 1024),
  );
}
