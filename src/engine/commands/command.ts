import type { EngineRequest, EngineResult } from '../../protocol/messages.ts';
import type { Asked } from '../reporter.ts';

export type RequestOf<Name extends EngineRequest['command']> = Extract<EngineRequest, { command: Name }>;

/** One of the engine's commands: from its request to its result, telling how it stands on the way. */
export type Command<Name extends EngineRequest['command']> = (
  request: RequestOf<Name>,
  asked: Asked,
) => Promise<Extract<EngineResult, { command: Name }>>;
