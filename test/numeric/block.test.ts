import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { partDefinition } from '../../src/search/layers.ts';
import { defineSearchSpace, imageFolder, type MbconvOptions, mbconv } from '../../src/space/index.ts';
import { Part } from '../../src/training/part.ts';
import type { PartDefinition } from '../../src/training/partGraphs.ts';
import { countingRuntime } from './countingRuntime.ts';
import { expectClose, normals, runLogical, shakeParameters, wholeGradients, wholeGraph } from './parts.ts';
import { evaluate } from './reference.ts';

/**
 * Whole MBConv blocks. The reference is one graph of standard operators, differentiated at once; it is itself held
 * against double precision and central differences. Parts, with their recomputed forward, their fused widening
 * convolutions and every lowering, must give the same numbers.
 */

/** Side of the map; odd, so that strides meet a ragged edge. */
const SIZE = 5;
const WIDTH = 4;

/** An MBConv block as a search space makes it: with a shortcut where the stride is 1. */
function block(options: MbconvOptions, stride: number): PartDefinition {
  const space = defineSearchSpace({
    name: 'block',
    dataset: imageFolder('images', { classes: 2 }),
    input: [WIDTH, SIZE, SIZE],
    stem: [],
    stages: [{ width: stride === 1 ? WIDTH : 6, depth: 1, stride, candidates: [mbconv(options)] }],
    head: {},
    objective: { latency: { targetMs: 1 } },
  });
  return partDefinition(space.blocks[0].candidates[0].layers, space.blocks[0].residual);
}

const cases = [3, 5, 7].flatMap(kernel =>
  [1, 2].flatMap(stride =>
    [
      { kind: 'ReLU6', options: { kernel, expand: 3 } },
      { kind: 'h-swish and SE', options: { kernel, expand: 3, activation: 'hswish', squeezeExcite: true } as const },
    ].map(({ kind, options }) => ({
      name: `${kernel}x${kernel}, stride ${stride}, ${kind}`,
      definition: block(options, stride),
    })),
  ),
);

/** A part in general position with an input and a gradient that comes from behind it, in `[N, C, H, W]` order. */
function example(runtime: Runtime, definition: PartDefinition, batch: number) {
  const part = new Part(runtime, definition, new Random(1));
  shakeParameters(part, 2);
  const random = new Random(3);
  const x = normals(batch * WIDTH * SIZE * SIZE, random);
  const graph = wholeGradients(definition, batch);
  const yDims = graph.values[graph.outputs[0].value].dims;
  const dy = normals(
    yDims.reduce((a, b) => a * b),
    random,
  );
  const parameters = Object.fromEntries(part.parameters.map(({ values }, i) => [`p${i}`, values]));
  return { part, graph, yDims, inputs: { x, dy, ...parameters } as Record<string, Float32Array> };
}

let standard: Runtime;
beforeAll(async () => {
  standard = await createOrtRuntime({ threads: 1, lowering: 'standard' });
});
afterAll(() => standard.dispose());

describe('a block as one graph', () => {
  it.each(cases)('$name: agrees with double precision, and its gradients with central differences', async test => {
    const { graph, inputs } = example(standard, test.definition, 2);
    const results = await runLogical(standard, graph, inputs);
    const { g, outputs } = wholeGraph(test.definition, 2);
    const forward = g.finish(outputs);
    expectClose(results.y, evaluate(forward, inputs).y, 'result', 1e-5);
    const loss = (at: Record<string, ArrayLike<number>>) =>
      evaluate(forward, at).y.reduce((sum, value, i) => sum + value * inputs.dy[i], 0);

    // One random direction per tensor: a wrong element shows in it but for a chance of measure zero.
    const random = new Random(4);
    const step = 1e-6;
    for (const name of Object.keys(inputs).filter(key => key !== 'dy')) {
      const direction = normals(inputs[name].length, random);
      const moved = (by: number) => ({
        ...inputs,
        [name]: Float64Array.from(inputs[name], (v, i) => v + by * direction[i]),
      });
      const slope = (loss(moved(step)) - loss(moved(-step))) / (2 * step);
      const gradient = results[name === 'x' ? 'dx' : name.replace('p', 'd')];
      const sizes = gradient.reduce((sum, value, i) => sum + Math.abs(value * direction[i]), 0);
      const product = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      expect(Math.abs(product - slope) / Math.max(sizes, 1e-3), `gradient by ${name}`).toBeLessThan(2e-5);
    }
  });
});

const variants = [
  { name: 'standard operators', lowering: 'standard', batch: 3 },
  { name: 'images side by side', lowering: 'auto', batch: 16 },
  { name: 'channels side by side, batch 16', lowering: 'auto', batch: 16, sideBySide: 'channels' },
  { name: 'channels side by side, batch 8', lowering: 'channelMajor', batch: 8 },
  { name: 'channels side by side, odd batch', lowering: 'channelMajor', batch: 3 },
  { name: 'channels side by side, too few places for a covariance', lowering: 'channelMajor', batch: 2 },
  { name: 'images side by side, by passes', lowering: 'auto', batch: 32, passesFrom: 0 },
  { name: 'channels side by side, by passes', lowering: 'auto', batch: 3, passesFrom: 0 },
] as const;

describe.each(variants)('a block as a part: $name', ({ batch, ...options }) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createOrtRuntime({ threads: 1, ...options });
  });
  afterAll(() => runtime.dispose());

  it.each(cases)('$name: forward, backward and gate agree with the one graph', async ({ definition }) => {
    const { part, graph, yDims, inputs } = example(runtime, definition, batch);
    const expected = await runLogical(standard, graph, inputs);
    const xDims = [batch, ...definition.input];
    const [x, dy] = [runtime.pack(inputs.x, xDims), runtime.pack(inputs.dy, yDims)];

    const { y, tape } = await part.forward(x, batch, new Random(5));
    expectClose(runtime.unpack(y, yDims), expected.y, 'result', 1e-5);
    expectClose(await part.evaluate(x, batch, 'batch'), y, 'result with batch statistics', 1e-5);

    const results = await part.backward(tape, dy, batch, 'all', true);
    expect(Object.keys(results).sort()).toEqual(['dx', 'gate', ...part.parameters.map((_, i) => `d${i}`)].sort());
    expectClose(runtime.unpack(results.dx, xDims), expected.dx, 'gradient by the input', 3e-5);
    for (let i = 0; i < part.parameters.length; i++)
      expectClose(results[`d${i}`], expected[`d${i}`], `gradient by ${part.parameters[i].name}`, 3e-5);

    // The gate is that of the candidate's own output, the shortcut aside.
    const own = expected.y.map((value, i) => (definition.residual ? value - inputs.x[i] : value));
    const gate = own.reduce((sum, value, i) => sum + value * inputs.dy[i], 0);
    const size = own.reduce((sum, value, i) => sum + Math.abs(value * inputs.dy[i]), 0);
    expect(Math.abs(results.gate[0] - gate) / size).toBeLessThan(1e-5);
    expect(Math.abs((await part.gateGradient(x, dy, batch)) - gate) / size).toBeLessThan(1e-5);
  });

  it.each(cases.slice(0, 2))('$name: gives only the gradients asked for, and the same ones', async ({ definition }) => {
    const { part, yDims, inputs } = example(runtime, definition, batch);
    // Of a channel that is all shift nothing goes back.
    for (const { name, values } of part.parameters) if (name.endsWith('.scale')) values[0] = 0;
    const dy = runtime.pack(inputs.dy, yDims);
    const { tape } = await part.forward(runtime.pack(inputs.x, [batch, ...definition.input]), batch, new Random(5));
    const all = await part.backward(tape, dy, batch, 'all');
    const input = await part.backward(tape, dy, batch, 'input');
    const weights = await part.backward(tape, dy, batch, 'weights');
    const gate = await part.backward(tape, dy, batch, 'none', true);
    expect([Object.keys(input), Object.keys(gate)]).toEqual([['dx'], ['gate']]);
    expectClose(input.dx, all.dx, 'dx', 1e-5);
    expect(weights.dx).toBeUndefined();
    for (const name of Object.keys(weights)) expectClose(weights[name], all[name], name, 1e-5);
  });

  it('keeps maps for a backward run, and the statistics alone where none follows', async () => {
    const { part, inputs } = example(runtime, cases[0].definition, batch);
    const x = runtime.pack(inputs.x, [batch, ...cases[0].definition.input]);
    const kept = await part.forward(x, batch, new Random(5));
    const plain = await part.forward(x, batch, new Random(5), false);
    const statistics = part.running.flatMap((_, i) => [`mean${i}`, `variance${i}`]).sort();
    expect(Object.keys(plain.tape.kept).sort()).toEqual(statistics);
    expect(Object.keys(kept.tape.kept).length).toBeGreaterThan(statistics.length);
    expect(plain.y).toEqual(kept.y);
  });

  it('takes the stored statistics backward instead of computing them again', async () => {
    const counting = countingRuntime(runtime);
    const { part, yDims, inputs } = example(counting, cases[0].definition, batch);
    const x = runtime.pack(inputs.x, [batch, ...cases[0].definition.input]);
    const { tape } = await part.forward(x, batch, new Random(5));
    await part.backward(tape, runtime.pack(inputs.dy, yDims), batch, 'all');
    const [forward, backward] = [...counting.compiled];
    expect(forward).toContain('= batchNorm(');
    expect(backward).not.toMatch(/= (batchNorm|pointwiseBatchNorm)\(/);
    expect(backward).toContain('input mean0');
  });

  it('evaluates alike with batch and running statistics where the two are the same', async () => {
    const { part, inputs } = example(runtime, cases[0].definition, batch);
    const x = runtime.pack(inputs.x, [batch, ...cases[0].definition.input]);
    const { y, tape } = await part.forward(x, batch, new Random(5));
    part.running.forEach(({ mean, variance }, i) => {
      mean.set(tape.kept[`mean${i}`]);
      variance.set(tape.kept[`variance${i}`]);
    });
    expectClose(await part.evaluate(x, batch, 'running'), y, 'result with running statistics', 1e-5);
  });
});
