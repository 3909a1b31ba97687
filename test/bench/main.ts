import { UserError } from '../../src/base/errors.ts';
import { type Bench, parseCommand } from './bench.ts';
import { open } from './runOpening.ts';
import { scaling } from './scaling.ts';
import { step } from './step.ts';
import { viewer } from './viewer.ts';

const benches: Record<string, Bench> = { open, scaling, step, viewer };

try {
  const { bench, values } = parseCommand(benches, process.argv.slice(2));
  const { text, figures } = await bench.run(values, line => console.error(line));
  console.log(text);
  if (values.json) console.log(JSON.stringify(figures));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.describe());
  process.exitCode = 2;
}
