import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProfileOptions {
  /** The folder of an extension, with its package.json; it is linked, not copied. */
  extension?: string;
  /** Open the folder in restricted mode, as one that nobody has trusted yet. Default: trust whatever is opened. */
  restricted?: boolean;
  /** Settings of the user beside those made here. */
  settings?: Record<string, unknown>;
  /** Commands by keys, whether or not a menu would offer them. */
  keys?: Record<string, string>;
}

/** What VS Code keeps for a person, in folders of its own. */
export interface Profile {
  /** Holds the others, and what else a launcher has to keep somewhere. */
  root: string;
  userData: string;
  extensions: string;
  logs: string;
  remove(): void;
}

/** Nothing that greets, advises, updates or reports: what is on the screen is the folder and the extension. */
const quiet = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'workbench.colorTheme': 'Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Dialogs are drawn in the window, where a test can reach them. */
const drawn = { 'files.simpleDialog.enable': true, 'window.dialogStyle': 'custom', 'window.titleBarStyle': 'custom' };

export function makeProfile({ extension, restricted = false, settings, keys = {} }: ProfileOptions): Profile {
  const root = mkdtempSync(join(tmpdir(), 'proxyless-vscode-'));
  const [userData, extensions] = [join(root, 'data'), join(root, 'extensions')];
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  const all = {
    ...quiet,
    ...drawn,
    'security.workspace.trust.enabled': restricted,
    'security.workspace.trust.startupPrompt': 'never',
    ...settings,
  };
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(all, null, 2));
  // Keys alone would not run a command that is not enabled.
  const bindings = Object.entries(keys).map(([key, command]) => {
    return { key, command: 'runCommands', args: { commands: [command] } };
  });
  writeFileSync(join(userData, 'User/keybindings.json'), JSON.stringify(bindings));
  if (extension !== undefined) {
    const { publisher, name, version } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
    symlinkSync(extension, join(extensions, `${publisher}.${name}-${version}`), 'junction');
  }
  return {
    root,
    userData,
    extensions,
    logs: join(userData, 'logs'),
    // A process that is just ending may still write to its folder.
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 10 }),
  };
}
