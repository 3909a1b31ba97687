import type * as vscode from 'vscode';
import type { CommandName } from './contributions.ts';
import type { EngineService } from './engine/engineService.ts';
import type { Viewers } from './panel/viewers.ts';
import type { WorkspaceRuns } from './runs/workspaceRuns.ts';
import type { DevicesView } from './views/devicesView.ts';
import type { Tree } from './views/lazyTree.ts';

/** What commands and views work with; one of each in a window. */
export interface Services {
  extension: vscode.Uri;
  log: vscode.LogOutputChannel;
  engine: EngineService;
  runs: WorkspaceRuns;
  viewers: Viewers;
  /** Does what a command is for. @param called what it was called on: a file, a run, or nothing */
  run(name: CommandName, called: unknown): Promise<void>;
  views: { runs: Tree; devices: DevicesView; models: Tree };
}

/** A run as trees and viewers pass it to a command. */
export interface RunRef {
  folder: string;
}
