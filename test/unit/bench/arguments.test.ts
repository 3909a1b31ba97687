import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { type Bench, countOption, parseCommand } from '../../bench/bench.ts';
import { step, stepOptions } from '../../bench/step.ts';

const benches: Record<string, Bench> = { step };

function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('arguments of a benchmark', () => {
  it('reach the benchmark named first', () => {
    const { bench, values } = parseCommand(benches, ['step', '--space', 'cifar32', '--against-torch', '--json']);
    expect(bench).toBe(step);
    expect({ ...values }).toEqual({ space: 'cifar32', 'against-torch': true, json: true });
  });

  it('without a known benchmark give one sentence that names those there are', () => {
    expect(complaint(() => parseCommand(benches, []))).toMatch(/^No benchmark was named; use: npm run bench -- step /);
    expect(complaint(() => parseCommand(benches, ['jump']))).toMatch(/^There is no benchmark "jump"; use: .* step /);
    expect(complaint(() => parseCommand(benches, ['toString']))).toMatch(/no benchmark "toString"/);
  });

  it('that the benchmark does not know, or that lack their value, are named', () => {
    expect(complaint(() => parseCommand(benches, ['step', '--fast']))).toMatch(/^Unknown option '--fast'; use: /);
    expect(complaint(() => parseCommand(benches, ['step', '--space']))).toMatch(
      /'--space <value>' argument missing; use/,
    );
    expect(complaint(() => parseCommand(benches, ['step', 'cifar32']))).toMatch(/'cifar32'.*; use: /);
  });

  it('that count are whole numbers from 1', () => {
    expect(countOption({ paths: '3' }, 'paths', 16)).toBe(3);
    expect(countOption({}, 'paths', 16)).toBe(16);
    for (const wrong of ['0', '-1', '2.5', 'many', '']) {
      expect(complaint(() => countOption({ paths: wrong }, 'paths', 16))).toMatch(
        /^--paths needs a whole number from 1/,
      );
    }
  });
});

describe('options of the step benchmark', () => {
  it('have their defaults', () => {
    expect(stepOptions({ space: 'fashion28' })).toEqual({
      space: 'fashion28',
      weightPaths: 16,
      architectureDraws: 8,
      threads: 2,
      seed: 1,
      againstTorch: false,
    });
  });

  it('take the same number of paths for every kind of step', () => {
    expect(stepOptions({ space: 'imagenet224', paths: '5' })).toMatchObject({ weightPaths: 5, architectureDraws: 5 });
  });

  it('name the spaces there are when none or another is asked for', () => {
    expect(complaint(() => stepOptions({}))).toMatch(/needs --space with one of fashion28, cifar32, imagenet224/);
    expect(complaint(() => stepOptions({ space: 'mnist' }))).toMatch(/no space "mnist".*fashion28/);
  });
});
