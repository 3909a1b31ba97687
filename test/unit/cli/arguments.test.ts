import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { commands, helpText } from '../../../src/cli/commands.ts';
import { requestSchema } from '../../../src/protocol/messages.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(part => part !== ''));

describe('parseArguments', () => {
  it('reads every option of a search', () => {
    const line = 'search a.nas.ts --out runs/a --seed 0 --target 0.25 --epochs 2 --threads 1 --json';
    expect(parse(line)).toEqual({
      do: 'run',
      json: true,
      request: { command: 'search', file: 'a.nas.ts', out: 'runs/a', seed: 0, targetMs: 0.25, epochs: 2, threads: 1 },
    });
  });

  it.each([
    ['search a.nas.ts', { command: 'search', file: 'a.nas.ts' }],
    ['profile a.nas.ts --again', { command: 'profile', file: 'a.nas.ts', again: true }],
    ['derive run --target 3', { command: 'derive', run: 'run', targetMs: 3 }],
    ['train run --epochs=5', { command: 'train', run: 'run', epochs: 5 }],
    ['export run', { command: 'export', run: 'run', format: 'onnx' }],
    [
      'across run --device cpu:int8 --device browser',
      { command: 'across', of: 'run', devices: ['cpu:int8', 'browser'] },
    ],
    ['eval m.onnx --dataset cifar10:data', { command: 'eval', model: 'm.onnx', dataset: 'cifar10:data' }],
    ['zoo', { command: 'zoo' }],
    ['zoo --net darts --measure --threads 2', { command: 'zoo', network: 'darts', measure: true, threads: 2 }],
    ['predict --lut a.yaml --net resnet-18', { command: 'predict', table: 'a.yaml', network: 'resnet-18' }],
  ])('turns "%s" into a request the engine accepts', (line, request) => {
    const invocation = parse(line);
    expect(invocation).toEqual({ do: 'run', json: false, request });
    expect(requestSchema.parse(request)).toEqual(request);
  });

  it('takes options before and after the operand', () => {
    expect(parse('search --seed 4 a.nas.ts')).toMatchObject({ request: { file: 'a.nas.ts', seed: 4 } });
  });

  it.each([
    ['serach a.nas.ts', 'no command "serach"'],
    ['search', 'FILE is missing'],
    ['search a b', '"b" is one argument too many'],
    ['search a --sed 1', "Unknown option '--sed'"],
    ['derive run --seed 1', "Unknown option '--seed'"],
    ['search a --out', "'--out <value>' argument missing"],
    ['search a --target -1', "'--target' needs a value"],
    ['search a --target=-1', 'milliseconds above 0, but is "-1"'],
    ['search a --target soon', 'milliseconds above 0, but is "soon"'],
    ['search a --target Infinity', 'milliseconds above 0'],
    ['search a --epochs 0', 'whole number from 1, but is "0"'],
    ['search a --epochs 1.5', 'whole number from 1'],
    ['search a --seed 1e3', 'whole number from 0'],
    ['search a --seed=', 'whole number from 0'],
    ['search a --threads 99999999999999999999', 'whole number from 1'],
    ['search a --out=', '--out is empty'],
    ['eval m.onnx', '--dataset is missing'],
    ['across run', '--device is missing; usage: proxyless across FILE|RUN --device NAME ... [--json]'],
    ['across run --device=', '--device is empty'],
    ['zoo resnet-18', '"resnet-18" is one argument too many'],
    ['predict --net resnet-18', '--lut is missing'],
  ])('refuses "%s" in one line', (line, problem) => {
    let message = '';
    try {
      parse(line);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(problem);
    expect(message).not.toContain('\n');
  });

  it('shows help without arguments and wherever it is asked for', () => {
    for (const line of ['', '--help', '-h', 'search --help']) expect(parse(line)).toEqual({ do: 'help' });
    expect(parse('--version')).toEqual({ do: 'version' });
  });
});

describe('helpText', () => {
  it('names every command and stays within 120 columns', () => {
    for (const name of Object.keys(commands)) expect(helpText()).toContain(`proxyless ${name} `);
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
