import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import type { Work } from '../engine/work.ts';
import type { Services } from '../services.ts';

export async function pause(services: Services): Promise<void> {
  workOf(services).pause();
}

export async function resume(services: Services): Promise<void> {
  workOf(services).resume();
}

/** What was reached stays and can be resumed, so nobody is asked. */
export async function stop(services: Services): Promise<void> {
  workOf(services).stop();
}

function workOf({ engine }: Services): Work {
  if (!engine.current) throw new UserError(vscode.l10n.t('Nothing is under way in this window.'));
  return engine.current;
}
