import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../runs/runSummary.ts';
import type { WorkspaceRuns } from '../runs/workspaceRuns.ts';
import type { RunRef } from '../services.ts';
import type { Tree } from './lazyTree.ts';
import { type ExportedModel, modelsOf } from './profiles.ts';
import { runDescription } from './runTexts.ts';

class ModelItem extends vscode.TreeItem implements RunRef {
  readonly folder: string;

  constructor(run: RunSummary, { file, bytes }: ExportedModel) {
    super(basename(file).replace('model', run.name));
    this.folder = dirname(file);
    this.id = file;
    // What a run came to is said of its fp32 network.
    const what = file.endsWith('.int8.onnx') ? 'int8' : runDescription(run);
    this.description = `${(bytes / 2 ** 10).toFixed(0)} kB · ${what}`;
    this.tooltip = `${run.id}\n${file}`;
    this.resourceUri = vscode.Uri.file(file);
    this.iconPath = new vscode.ThemeIcon('package');
    this.contextValue = 'model';
  }
}

/** Exported model files, the newest first. */
export class ModelsView implements Tree {
  readonly onDidChangeTreeData: vscode.Event<void>;

  constructor(private readonly runs: WorkspaceRuns) {
    this.onDidChangeTreeData = runs.onDidChange;
  }

  async items(): Promise<ModelItem[]> {
    const models = await Promise.all(
      this.runs.list.map(async run => (await modelsOf(run.folder)).map(model => new ModelItem(run, model))),
    );
    return models.flat();
  }
}
