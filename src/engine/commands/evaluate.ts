import { evaluateFile } from '../evaluateFile.ts';
import type { Command } from './command.ts';

export const evaluateCommand: Command<'eval'> = async ({ model, dataset }, reporter) => ({
  command: 'eval',
  ...(await evaluateFile(model, dataset, reporter)),
});
