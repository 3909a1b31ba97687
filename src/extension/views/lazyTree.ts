import * as vscode from 'vscode';

/** A tree as its provider here has it: a flat list of items. */
export interface Tree {
  readonly onDidChangeTreeData: vscode.Event<void>;
  items(): Promise<vscode.TreeItem[]>;
}

/** Registers a view whose tree is made when the view is first looked at. */
export function lazyTree(viewId: string, load: () => Promise<Tree>): vscode.Disposable {
  const changes = new vscode.EventEmitter<void>();
  const disposables: vscode.Disposable[] = [changes];
  let loading: Promise<Tree> | undefined;
  const tree = () =>
    (loading ??= load().then(loaded => {
      disposables.push(loaded.onDidChangeTreeData(() => changes.fire()));
      return loaded;
    }));
  disposables.push(
    vscode.window.registerTreeDataProvider<vscode.TreeItem>(viewId, {
      onDidChangeTreeData: changes.event,
      getTreeItem: item => item,
      getChildren: async item => (item ? [] : (await tree()).items()),
    }),
  );
  return {
    dispose() {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
