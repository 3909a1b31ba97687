import { parseArgs } from 'node:util';
import { UserError } from '../base/errors.ts';
import type { EngineRequest } from '../protocol/messages.ts';
import { type CommandName, commands, isCommand, usageOf } from './commands.ts';
import { isRepeatable, type OptionName, options } from './options.ts';

export type Invocation = { do: 'help' } | { do: 'version' } | { do: 'run'; request: EngineRequest; json: boolean };

/**
 * Reads the arguments after the program's name.
 * @throws UserError for an unknown command or option, a value that does not fit, a missing or superfluous operand
 */
export function parseArguments(args: readonly string[]): Invocation {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) return { do: 'help' };
  if (args.includes('--version')) return { do: 'version' };
  const [name, ...rest] = args;
  if (!isCommand(name)) {
    const known = Object.keys(commands).join(', ');
    throw new UserError(`There is no command "${name}"; there are ${known} (proxyless --help explains them).`);
  }
  const { values, positionals } = parseOptions(name, rest);
  const { operand, required, request } = commands[name];
  const [given = '', ...superfluous] = operand === null ? ['', ...positionals] : positionals;
  if (operand !== null && !given) throw new UserError(`${operand} is missing; usage: ${usageOf(name)}`);
  if (superfluous.length > 0) {
    throw new UserError(`"${superfluous[0]}" is one argument too many; usage: ${usageOf(name)}`);
  }
  const { json = false, ...texts } = values;
  const parsed = Object.fromEntries(
    Object.entries(texts).map(([option, text]) => {
      const read = (one: unknown) => options[option as OptionName].parse(String(one), option);
      return [option, Array.isArray(text) ? text.map(read) : read(text)];
    }),
  );
  for (const option of required) {
    if (!Object.hasOwn(parsed, option)) throw new UserError(`--${option} is missing; usage: ${usageOf(name)}`);
  }
  return { do: 'run', request: request(given, parsed), json: json === true };
}

function parseOptions(name: CommandName, args: string[]) {
  const accepted = commands[name].options.map(option => {
    const type = options[option].value === undefined ? 'boolean' : 'string';
    return [option, { type, multiple: isRepeatable(option) }] as const;
  });
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { ...Object.fromEntries(accepted), json: { type: 'boolean' } },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node explains at length; the first sentence says what is wrong.
    const [problem] = error.message.split(/\.(?:\s|$)|\n/);
    throw new UserError(`${problem.replace('argument is ambiguous', 'needs a value')}; usage: ${usageOf(name)}`);
  }
}
