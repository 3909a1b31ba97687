import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Random } from '../../src/base/random.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import { createLatencyTerm } from '../../src/search/latencyLoss.ts';
import { sideBySideFor } from '../../src/search/sideBySide.ts';
import {
  type ArchitectureOptions,
  type ArchitectureStep,
  architectureStep,
  weightStep,
} from '../../src/search/steps.ts';
import { Supernet } from '../../src/search/supernet.ts';
import { WeightFile } from '../../src/search/weightFile.ts';
import { measureBandwidth } from './bandwidth.ts';
import { peakRssMb } from './peakMemory.ts';
import { scalingSpace, scalings } from './scalingSpaces.ts';
import { type BenchSpaceName, benchSpaces, largestPath } from './spaces.ts';
import type { BandwidthReply, Draw, Ready, StepCommand, StepReply } from './stepProtocol.ts';

/** Our side of the step benchmark: a supernet, one random batch, and a step per line of stdin (`stepProtocol.ts`). */

const { values } = parseArgs({
  options: {
    space: { type: 'string' },
    threads: { type: 'string' },
    seed: { type: 'string' },
    largest: { type: 'boolean' },
  },
});
const [threads, seed] = [Number(values.threads), Number(values.seed)];
const scaling = scalings.get(values.space as string);
const { space: whole, batch } = scaling
  ? { space: scalingSpace(scaling), batch: scaling.batch }
  : benchSpaces[values.space as BenchSpaceName]();
const space = values.largest ? largestPath(whole) : whole;
const runtime = await createOrtRuntime({ threads, sideBySide: sideBySideFor(space) });
// As in a search: weights that a step does not need are on a disk.
const supernet = new Supernet(runtime, space, seed, new WeightFile(import.meta.dirname));
const examples = randomBatch();
const sgd = { rate: 0.025, momentum: 0.9, weightDecay: 4e-5 };
const architecture: Omit<ArchitectureOptions, 'gateMode'> = {
  zeroGradient: false,
  // They stand for the latency table: which numbers they are does not change the work of a step.
  terms: {
    latency: {
      costs: { fixed: 1, choices: supernet.choices.map(({ parts }) => parts.map((_, i) => i)) },
      term: createLatencyTerm({ form: 'add#linear' }, 10),
    },
    budgets: [],
  },
  // Rate 0: the same work, and the architecture stays where it is, so that a draw warmed up can be drawn again.
  adam: { rate: 0, beta1: 0, beta2: 0.999, eps: 1e-8 },
};

say({
  batch,
  choices: supernet.choices.map(({ parts }) => parts.length),
  description: runtime.description,
} satisfies Ready);
for await (const line of createInterface({ input: process.stdin })) {
  const command: StepCommand = JSON.parse(line);
  if (command.do === 'bandwidth') say({ bytesPerMs: await measureBandwidth(threads) } satisfies BandwidthReply);
  else say(await step(command));
}

async function step(command: Exclude<StepCommand, { do: 'bandwidth' }>): Promise<StepReply> {
  const start = performance.now();
  if ('draw' in command) {
    const gateMode = command.do === 'archTwo' ? 'two' : 'full';
    const random = new Random(seed, `${command.do} ${command.draw}`);
    const done = await architectureStep(supernet, examples, random, { ...architecture, gateMode });
    const ms = performance.now() - start;
    return { ms, loss: done.loss, peakRssMb: peakRssMb(), drawn: drawnIn(done, gateMode) };
  }
  if (!('path' in command)) throw new Error('our architecture steps draw by themselves');
  const { loss } = await weightStep(supernet, command.path, examples, new Random(seed), sgd);
  return { ms: performance.now() - start, loss, peakRssMb: peakRssMb() };
}

/** What a step drew, as another implementation has to be told. Where Zero was active, its partner did nothing: any will do. */
function drawnIn({ pulls }: ArchitectureStep, gateMode: 'two' | 'full'): Draw {
  const draws = pulls.map((pull, choice) => {
    if (pull) return { pair: [...pull.indices], active: pull.active };
    const zero = supernet.choices[choice].parts.indexOf(undefined);
    return gateMode === 'two' ? { pair: [zero, zero === 0 ? 1 : 0], active: 0 } : { pair: [zero], active: 0 };
  });
  if (gateMode === 'full') return { path: draws.map(({ pair, active }) => pair[active]) };
  return { pairs: draws.map(({ pair }) => pair), active: draws.map(({ active }) => active) };
}

function randomBatch() {
  const random = new Random(seed, 'batch');
  const dims = [batch, ...space.input];
  const size = dims.reduce((product, dim) => product * dim, 1);
  const images = runtime.pack(
    Float32Array.from({ length: size }, () => random.normal()),
    dims,
  );
  const targets = new Float32Array(batch * space.classes);
  for (let i = 0; i < batch; i++) targets[i * space.classes + random.below(space.classes)] = 1;
  return { images, targets, size: batch };
}

function say(message: object): void {
  process.stdout.write(JSON.stringify(message) + '\n');
}
