import * as vscode from 'vscode';
import { openPlace } from '../problems.ts';
import type { RunModel } from '../runs/runModel.ts';

/**
 * Shows where a block or a candidate is written. Runs may come from anywhere, so only files of the workspace are opened;
 * a path on another machine would be asked for there.
 */
export async function revealBlock(model: RunModel, block: number, candidate: number | null): Promise<void> {
  const found = model.view().space.blocks[block];
  const place = (candidate === null ? undefined : found?.candidates[candidate]?.place) ?? found?.place;
  if (place && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(place.file))) await openPlace(place, true);
}
