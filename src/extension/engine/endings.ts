import { l10n } from 'vscode';
import type { Outcome } from '../../protocol/engineClient.ts';

/** Why a work ended without its result, in one sentence; null where there is nothing to explain. */
export function endSentence(outcome: Outcome): string | null {
  switch (outcome.type) {
    case 'result':
    case 'stopped':
      return null;
    case 'failure':
      return outcome.message.replace(/\s*\n\s*/g, ' ');
    case 'died':
      return deathSentence(outcome);
  }
}

function deathSentence({ code, signal, output }: Extract<Outcome, { type: 'died' }>): string {
  if (signal === 'SIGKILL')
    return l10n.t(
      'The engine was killed, for which running out of memory is the usual reason (a smaller batch needs less).',
    );
  if (signal === null && code === null) {
    // The system's own words name the program.
    return l10n.t(
      'The engine could not be started ({0}): look at the setting proxyless.engine.nodePath.',
      output.trim(),
    );
  }
  return l10n.t('The engine ended before its work was done ({0}).', signal ?? `exit code ${code}`);
}
