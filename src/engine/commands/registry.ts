import type { EngineRequest } from '../../protocol/messages.ts';
import { acrossCommand } from './across.ts';
import type { Command } from './command.ts';
import { deriveCommand } from './derive.ts';
import { devicesCommand } from './devices.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';
import { predictCommand } from './predict.ts';
import { profileCommand } from './profile.ts';
import { resumeCommand } from './resume.ts';
import { searchCommand } from './search.ts';
import { trainCommand } from './train.ts';
import { zooCommand } from './zoo.ts';

/** The engine's commands; the compiler asks for a missing one. */
export const commands: { [Name in EngineRequest['command']]: Command<Name> } = {
  search: searchCommand,
  resume: resumeCommand,
  inspect: inspectCommand,
  profile: profileCommand,
  derive: deriveCommand,
  train: trainCommand,
  export: exportCommand,
  devices: devicesCommand,
  across: acrossCommand,
  eval: evaluateCommand,
  zoo: zooCommand,
  predict: predictCommand,
};
