import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { DeviceRow } from '../../protocol/devices.ts';
import type { RunRef } from '../services.ts';
import type { Tree } from './lazyTree.ts';
import { type Profile, profilesIn } from './profiles.ts';
import { percent } from './runTexts.ts';

/** A latency table, of a device as it was measured. */
class ProfileItem extends vscode.TreeItem implements RunRef {
  readonly folder: string;

  constructor(readonly profile: Profile) {
    const { file, table } = profile;
    super(table.device.processor);
    this.folder = dirname(file);
    this.id = file;
    const { threads, batch, runtime } = table.device;
    const error = table.validation
      ? vscode.l10n.t('error {0}', percent(table.validation.relRmse))
      : vscode.l10n.t('not validated');
    this.description = `${error} · ${ageText(table.date)}`;
    this.tooltip = [
      table.device.processor,
      vscode.l10n.t('{0}, threads: {1}, batch: {2}', runtime, threads, batch),
      table.validation
        ? vscode.l10n.t(
            '{0} of {1} held-out networks are predicted within 5 %',
            percent(table.validation.within5pct),
            table.validation.networks,
          )
        : error,
      file,
    ].join('\n');
    this.iconPath = new vscode.ThemeIcon('circuit-board');
    this.contextValue = 'device';
    this.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [vscode.Uri.file(file)] };
  }
}

/** A device that a search space may name, as the engine found it. */
class DeviceItem extends vscode.TreeItem {
  constructor({ device, description, reason }: DeviceRow) {
    super(device);
    this.id = `device ${device}`;
    this.description = description ?? reason ?? '';
    this.tooltip =
      reason === null ? vscode.l10n.t('In a search space: latency: { device: {0} }', device) : `${device}\n${reason}`;
    this.iconPath = new vscode.ThemeIcon(reason === null ? 'pass' : 'circle-slash');
    this.accessibilityInformation = { label: `${device}, ${this.description}` };
  }
}

/**
 * Device profiles: the latency tables of the workspace, with their age and how far they are off. Below them, once a
 * person has asked, what else can be measured from here.
 */
export class DevicesView implements Tree, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changes.event;
  private found: readonly DeviceRow[] = [];
  private readonly group = new vscode.TreeItem(
    vscode.l10n.t('Devices that a search space can name'),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/.nas/cache/latency/*/*.json');

  constructor() {
    const refresh = () => this.refresh();
    this.watcher.onDidCreate(refresh);
    this.watcher.onDidChange(refresh);
    this.watcher.onDidDelete(refresh);
  }

  refresh(): void {
    this.changes.fire();
  }

  /** Shows the devices that were found. */
  show(devices: readonly DeviceRow[]): void {
    this.found = devices;
    this.refresh();
  }

  async items(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    if (parent) return this.found.map(device => new DeviceItem(device));
    const folders = vscode.workspace.workspaceFolders ?? [];
    const profiles = await Promise.all(folders.map(({ uri }) => profilesIn(uri.fsPath)));
    const items = profiles.flat().map(profile => new ProfileItem(profile));
    return this.found.length > 0 ? [...items, this.group] : items;
  }

  dispose(): void {
    this.watcher.dispose();
    this.changes.dispose();
  }
}

/** `3 hours ago`, in the editor's language. */
function ageText(date: string): string {
  const seconds = (Date.parse(date) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return '';
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['minute', 60];
  return new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' }).format(
    Math.round(seconds / length),
    unit,
  );
}
