import { describe, expect, it, vi } from 'vitest';
import { endSentence } from '../../../../src/extension/engine/endings.ts';

vi.mock('vscode', () => ({
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)])) },
}));

const died = { type: 'died', code: null, signal: null, output: '' } as const;

describe('the sentence for an end', () => {
  it('names memory as the usual reason for a kill', () => {
    expect(endSentence({ ...died, signal: 'SIGKILL' })).toContain('memory');
  });

  it('leads to the setting when the program could not be started', () => {
    expect(endSentence({ ...died, output: 'spawn /no/node ENOENT\n' })).toBe(
      'The engine could not be started (spawn /no/node ENOENT): look at the setting proxyless.engine.nodePath.',
    );
  });

  it('says how the process ended', () => {
    expect(endSentence({ ...died, code: 3 })).toContain('exit code 3');
    expect(endSentence({ ...died, signal: 'SIGSEGV' })).toContain('SIGSEGV');
  });

  it('makes one line of a failure’s message, and nothing of a success', () => {
    expect(endSentence({ type: 'failure', user: true, message: 'no\n  good' })).toBe('no good');
    expect(endSentence({ type: 'stopped', run: null })).toBeNull();
  });
});
