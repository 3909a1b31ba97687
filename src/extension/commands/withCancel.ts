import * as vscode from 'vscode';
import type { Outcome } from '../../protocol/engineClient.ts';
import type { Job } from '../engine/engineService.ts';
import type { Services } from '../services.ts';

/** Has the engine do a job while a notification shows how it goes and can stop it. */
export async function withCancel({ engine }: Services, job: Job): Promise<Outcome> {
  const work = engine.begin(job);
  const options = { location: vscode.ProgressLocation.Notification, title: job.title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    let stage = '';
    let reported = 0;
    const listening = engine.onDidChange(changed => {
      if (changed !== work || !work.stage) return;
      const { stage: name, fraction, text } = work.stage;
      // Each stage fills the bar anew; it can only be added to.
      if (name !== stage) [stage, reported] = [name, 0];
      const done = Math.floor(fraction * 100);
      progress.report({ message: text, increment: Math.max(0, done - reported) });
      reported = Math.max(reported, done);
    });
    cancelled.onCancellationRequested(() => work.stop());
    try {
      return await work.ended;
    } finally {
      listening.dispose();
    }
  });
}
