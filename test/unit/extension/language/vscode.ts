import { vi } from 'vitest';

/** What the pure parts use of VS Code: texts in English. */
export const vscode = {
  env: { language: 'en' },
  l10n: {
    t: (message: string, ...values: unknown[]) =>
      message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
  },
};

vi.mock('vscode', () => vscode);
