import { l10n } from 'vscode';
import type { Remedy } from '../../protocol/spaceView.ts';

/** A remedy as an entry of the quick-fix menu. */
export function remedyTitle(remedy: Remedy): string {
  switch (remedy.action) {
    case 'rename':
    case 'renameAll':
      return l10n.t("Change to '{0}'", remedy.to);
    case 'set':
      return l10n.t('Set to {0}', remedy.to);
    case 'remove':
      return l10n.t('Remove this field');
  }
}
