import type { EngineRequest } from '../protocol/messages.ts';
import { isRepeatable, type OptionName, type Options, options } from './options.ts';

export type CommandName = EngineRequest['command'];

/** A command of the command line: what it takes, and the request to the engine that it becomes. */
export interface Command {
  /** What its one operand is, in capitals, as the usage shows it; null where it has none. */
  operand: string | null;
  options: readonly OptionName[];
  /** Those of its options without which it has nothing to do. */
  required: readonly OptionName[];
  summary: string;
  request(operand: string, given: Options): EngineRequest;
}

/** Every request of the protocol is a command of the same name. */
export const commands: Readonly<Record<CommandName, Command>> = {
  search: {
    operand: 'FILE',
    options: ['out', 'inherit', 'seed', 'target', 'epochs', 'threads'],
    required: [],
    summary: 'search the space in FILE, then derive, train, test and export the network',
    request: (file, { out, inherit, seed, target, epochs, threads }) => ({
      command: 'search',
      file,
      out,
      inherit,
      seed,
      targetMs: target,
      epochs,
      threads,
    }),
  },
  resume: {
    operand: 'RUN',
    options: [],
    required: [],
    summary: 'go on with a run that was stopped or interrupted, from where it stood',
    request: run => ({ command: 'resume', run }),
  },
  inspect: {
    operand: 'FILE',
    options: [],
    required: [],
    summary: 'say what the space holds and what stands against a search of it',
    request: file => ({ command: 'inspect', file }),
  },
  profile: {
    operand: 'FILE',
    options: ['again', 'threads'],
    required: [],
    summary: "measure the space's operators on this device",
    request: (file, { again, threads }) => ({ command: 'profile', file, again, threads }),
  },
  derive: {
    operand: 'RUN',
    options: ['target'],
    required: [],
    summary: 'choose the network of a run anew, for another latency if you like',
    request: (run, { target }) => ({ command: 'derive', run, targetMs: target }),
  },
  train: {
    operand: 'RUN',
    options: ['epochs'],
    required: [],
    summary: "train and test a run's derived network from scratch",
    request: (run, { epochs }) => ({ command: 'train', run, epochs }),
  },
  export: {
    operand: 'RUN',
    options: ['format'],
    required: [],
    summary: "write a run's trained network as a model file; onnx-int8 is tested and timed beside fp32",
    request: (run, { format = 'onnx' }) => ({ command: 'export', run, format }),
  },
  devices: {
    operand: null,
    options: ['host'],
    required: [],
    summary: 'list what can be measured from here, and why the rest cannot',
    request: (_, { host }) => ({ command: 'devices', hosts: host === undefined ? undefined : [host] }),
  },
  across: {
    operand: 'FILE|RUN',
    options: ['device'],
    required: ['device'],
    summary: 'compare devices: where they disagree about the space, and what a run would choose for each',
    // Required, so it is there.
    request: (of, { device }) => ({ command: 'across', of, devices: device as string[] }),
  },
  eval: {
    operand: 'MODEL',
    options: ['dataset'],
    required: ['dataset'],
    summary: 'test an exported ONNX model',
    // Required, so it is there.
    request: (model, { dataset }) => ({ command: 'eval', model, dataset: dataset as string }),
  },
  zoo: {
    operand: null,
    options: ['net', 'measure', 'threads'],
    required: [],
    summary:
      'list published networks, --net by a part of the name; --measure times them here, on one thread unless said',
    request: (_, { net, measure, threads }) => ({ command: 'zoo', network: net, measure, threads }),
  },
  predict: {
    operand: null,
    options: ['lut', 'net'],
    required: ['lut', 'net'],
    summary: "what a network takes on another device, by that device's published table",
    // Required, so they are there.
    request: (_, { lut, net }) => ({ command: 'predict', table: lut as string, network: net as string }),
  },
};

/** Whether there is such a command. */
export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** `proxyless search FILE [--out DIR] ...` */
export function usageOf(name: CommandName): string {
  const { operand, options: accepted, required } = commands[name];
  const parts = accepted.map(option => {
    const { value } = options[option];
    const text = value === undefined ? `--${option}` : `--${option} ${value}${isRepeatable(option) ? ' ...' : ''}`;
    return required.includes(option) ? text : `[${text}]`;
  });
  return ['proxyless', name, ...(operand === null ? [] : [operand]), ...parts, '[--json]'].join(' ');
}

/** What `proxyless --help` prints. */
export function helpText(): string {
  const names = Object.keys(commands) as CommandName[];
  const lines = Object.entries(options).map(([name, { value, summary }]) => {
    const left = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${left.padEnd(16)}${summary}`;
  });
  return [
    'Finds neural networks that are accurate on your data and fast on your device.',
    '',
    'Usage:',
    ...names.flatMap(name => [`  ${usageOf(name)}`, `      ${commands[name].summary}`]),
    '',
    'Options:',
    ...lines,
    '  --json          print JSON lines: progress, events, and last the result',
    '  --help          print this text',
    '  --version       print the version',
    '',
    'FILE is a search space (*.nas.ts), RUN the folder of a search (.nas/runs/...).',
    'Exit codes: 0 done, 1 the program failed, 2 something to correct, 130 stopped with Ctrl-C.',
  ].join('\n');
}
