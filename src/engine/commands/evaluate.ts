import type { Command } from './command.ts';
import { evaluateFile } from './evaluateFile.ts';

export const evaluateCommand: Command<'eval'> = async ({ model, dataset }, reporter) => ({
  command: 'eval',
  ...(await evaluateFile(model, dataset, reporter)),
});
