import * as vscode from 'vscode';

/** A tree as its provider here has it. */
export interface Tree {
  readonly onDidChangeTreeData: vscode.Event<void>;
  /** @param parent the item whose children are asked for; only those that can be expanded are */
  items(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]>;
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
      getChildren: async parent => (await tree()).items(parent),
    }),
  );
  return {
    dispose() {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
