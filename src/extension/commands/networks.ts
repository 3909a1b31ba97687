import * as vscode from 'vscode';
import type { EngineRequest } from '../../protocol/messages.ts';
import type { Job } from '../engine/engineService.ts';
import type { RunSummary } from '../runs/runSummary.ts';
import type { Services } from '../services.ts';
import { pickRun } from './pick.ts';
import { workspaceOf } from './search.ts';
import { withCancel } from './withCancel.ts';

/** Chooses the network of a search that is done anew, for another latency if the person likes. */
export async function derive(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, {
    fits: ({ searched }) => searched,
    placeHolder: vscode.l10n.t('Run to derive a network from'),
    none: vscode.l10n.t('No search has ended yet.'),
  });
  if (!run) return;
  const targetMs = run.targetMs === undefined ? undefined : await askTarget(run.name, run.targetMs);
  if (run.targetMs !== undefined && targetMs === undefined) return;
  const request: EngineRequest = { command: 'derive', run: run.folder, targetMs };
  await withCancel(services, jobOn(run, vscode.l10n.t('Deriving a network of {0}', run.name), request));
}

/** The latency that a network is to be derived for; undefined where the person thinks better of it. */
async function askTarget(name: string, targetMs: number): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Derive a network of {0}', name),
    prompt: vscode.l10n.t('Latency to meet, in milliseconds'),
    value: String(targetMs),
    validateInput: text => (Number(text) > 0 ? undefined : vscode.l10n.t('Type a number of milliseconds above 0.')),
  });
  return answer === undefined ? undefined : Number(answer);
}

/** Trains a run's derived network from scratch, and the networks it is compared with. */
export async function train(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, {
    fits: ({ derived }) => derived,
    placeHolder: vscode.l10n.t('Run whose network is trained'),
    none: vscode.l10n.t('No network has been derived yet.'),
  });
  if (!run) return;
  const title = vscode.l10n.t('Training the network of {0}', run.name);
  await withCancel(services, jobOn(run, title, { command: 'train', run: run.folder }));
}

function formats() {
  return [
    {
      label: 'ONNX',
      description: 'fp32, model.onnx',
      detail: vscode.l10n.t('The network as it was trained and tested.'),
      format: 'onnx',
    },
    {
      label: 'ONNX int8',
      description: 'int8, model.int8.onnx',
      detail: vscode.l10n.t(
        'About a quarter of the size. Accuracy and latency change, for better or worse: both are measured and said.',
      ),
      format: 'onnx-int8',
    },
  ];
}

/** Writes a run's trained network as a model file. */
export async function exportModel(services: Services, called: unknown): Promise<void> {
  const run = await pickRun(services, called, {
    fits: ({ trained }) => trained,
    placeHolder: vscode.l10n.t('Run whose network is exported'),
    none: vscode.l10n.t('No network has been trained yet.'),
  });
  if (!run) return;
  const placeHolder = vscode.l10n.t('Format of the model');
  const picked = await vscode.window.showQuickPick(formats(), { placeHolder });
  if (!picked) return;
  const request: EngineRequest = { command: 'export', run: run.folder, format: picked.format };
  await withCancel(services, jobOn(run, vscode.l10n.t('Exporting the network of {0}', run.name), request));
}

function jobOn(run: RunSummary, title: string, request: EngineRequest): Job {
  return { request, title, cwd: workspaceOf(run.folder), run: run.folder };
}
