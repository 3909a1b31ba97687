import { afterAll, beforeAll, describe, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { elements } from '../../src/graph/types.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { buildBackward, operatorCases, randomInputs } from './operatorCases.ts';
import { expectClose, normals, runLogical } from './parts.ts';

/**
 * Every operator with channels side by side, held against the standard operators: numbers of channels that fill no block, one, and one
 * and a part of another.
 */
const variants = [
  { n: 1, times: 4 },
  { n: 3, times: 4 },
  { n: 8, times: 8 },
  { n: 16, times: 12 },
];

let standard: Runtime;
let channels: Runtime;
beforeAll(async () => {
  standard = await createOrtRuntime({ threads: 1, lowering: 'standard' });
  channels = await createOrtRuntime({ threads: 1, sideBySide: 'channels' });
});
afterAll(() => Promise.all([standard.dispose(), channels.dispose()]));

describe.each(variants)('channels side by side: $n images, $times times the channels', ({ n, times }) => {
  it.each(operatorCases(n, times))('$name gives what the standard operators give', async test => {
    const graph = buildBackward(test);
    const start = graph.inputs.find(({ name }) => name === 'weights');
    const size = start ? elements(graph.values[start.value]) : 0;
    const inputs = { ...randomInputs(test, 1), weights: normals(size, new Random(2)) };
    const expected = await runLogical(standard, graph, inputs);
    const actual = await runLogical(channels, graph, inputs);
    for (const [name, values] of Object.entries(expected)) expectClose(actual[name], values, name, 5e-5);
  });
});
