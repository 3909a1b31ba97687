import { UserError } from '../base/errors.ts';

/** The options that commands take, each with what its value is (a flag has none), its help, and its reading. */
export const options = {
  out: { value: 'DIR', summary: 'folder of the run (default: a new one in .nas/runs)', parse: nonEmpty },
  inherit: { value: 'RUN', summary: 'start with the weights of this run where blocks are the same', parse: nonEmpty },
  seed: { value: 'N', summary: 'seed of all random choices (default: 1)', parse: wholeFrom(0) },
  target: { value: 'MS', summary: "latency to meet, in milliseconds (default: the file's)", parse: milliseconds },
  epochs: { value: 'N', summary: "passes over the training images (default: the file's)", parse: wholeFrom(1) },
  threads: { value: 'N', summary: "the engine's threads (default: one for each core)", parse: wholeFrom(1) },
  again: { value: undefined, summary: 'measure anew, even if there is a table', parse: () => true },
  measure: { value: undefined, summary: 'measure on this device', parse: () => true },
  lut: {
    value: 'FILE',
    summary: 'latency table of the device (*.yaml, as published for Pixel 1 and Note 10)',
    parse: nonEmpty,
  },
  net: {
    value: 'NETWORK',
    summary: 'name from proxyless zoo, architecture.json of a run, published *.config, or *.nas.ts',
    parse: nonEmpty,
  },
  format: { value: 'FORMAT', summary: 'onnx (default) or onnx-int8', parse: nonEmpty },
  host: { value: 'HOST', summary: 'another machine, as ssh takes it: pi@raspberry.local', parse: nonEmpty },
  device: {
    value: 'NAME',
    summary: 'as proxyless devices lists it, or cpu:int8, ssh:HOST, table:FILE; may be repeated',
    parse: nonEmpty,
    many: true as const,
  },
  dataset: {
    value: 'SPEC',
    summary: 'fashion-mnist, mnist, cifar10:FOLDER, cifar100:FOLDER, images:FOLDER or a *.nas.ts file',
    parse: nonEmpty,
  },
};

export type OptionName = keyof typeof options;

/** Values of the options that were given; of one that may be repeated, all of them. */
export type Options = { [Name in OptionName]?: Value<(typeof options)[Name]> };

type Value<Option extends { parse(text: string, name: string): unknown }> = Option extends { many: true }
  ? ReturnType<Option['parse']>[]
  : ReturnType<Option['parse']>;

/** Whether an option may be given more than once. */
export function isRepeatable(name: OptionName): boolean {
  return 'many' in options[name];
}

function nonEmpty(text: string, name: string): string {
  if (text === '') throw new UserError(`--${name} is empty; give it a value or leave it out.`);
  return text;
}

function wholeFrom(least: number) {
  return (text: string, name: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new UserError(`--${name} needs a whole number from ${least}, but is "${text}".`);
  };
}

function milliseconds(text: string, name: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new UserError(`--${name} needs a number of milliseconds above 0, but is "${text}".`);
}
