import { describe, expect, it } from 'vitest';
import { engineEnvironment } from '../../../../src/extension/engine/launch.ts';

const editor = {
  PATH: '/bin',
  NODE_OPTIONS: '--inspect-brk',
  VSCODE_INSPECTOR_OPTIONS: '{}',
  ELECTRON_RUN_AS_NODE: '1',
};

describe("the engine's environment", () => {
  it('is the editor’s without what would make Node wait for a debugger', () => {
    expect(engineEnvironment(editor, false)).toEqual({ PATH: '/bin' });
  });

  it('has Electron’s program be a Node', () => {
    expect(engineEnvironment(editor, true)).toEqual({ PATH: '/bin', ELECTRON_RUN_AS_NODE: '1' });
  });
});
