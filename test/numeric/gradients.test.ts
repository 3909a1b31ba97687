import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { buildBackward, buildForward, operatorCases, randomInputs } from './operatorCases.ts';
import { evaluate } from './reference.ts';

function expectClose(actual: Float32Array, expected: Float64Array, what: string): void {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  let worst = 0;
  expected.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(actual[i] - value) / scale);
  });
  expect(actual.length, what).toBe(expected.length);
  expect(worst, `${what}: largest difference relative to the largest element`).toBeLessThan(2e-5);
}

const variants = [
  { name: 'standard operators', lowering: 'standard', n: 3 },
  { name: 'images side by side', lowering: 'auto', n: 16 },
  { name: 'channels side by side', lowering: 'channelMajor', n: 8 },
  { name: 'channels side by side, odd batch', lowering: 'channelMajor', n: 3 },
] as const;

describe.each(variants)('gradients: $name', ({ lowering, n }) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createOrtRuntime({ threads: 1, lowering });
  });
  afterAll(() => runtime.dispose());

  it.each(operatorCases(n))('$name agrees with its definition and with central differences', async test => {
    const forward = buildForward(test);
    const backward = buildBackward(test);
    verifyGraph(backward);
    const inputs = randomInputs(test, 1);
    const y = evaluate(forward, inputs).y;
    const type = forward.values[forward.outputs[0].value];
    const random = new Random(2);
    const weights = Float32Array.from(y, () => (type.kind === 'map' ? random.normal() : 1));
    const loss = (at: Record<string, ArrayLike<number>>) =>
      evaluate(forward, at).y.reduce((sum, v, i) => sum + v * weights[i], 0);

    const typeOf = (name: string) => test.inputs[name] ?? type;
    const packed = Object.fromEntries(
      Object.entries({ ...inputs, weights }).map(([name, values]) => [
        name,
        typeOf(name).kind === 'map' ? runtime.pack(values, typeOf(name).dims) : values,
      ]),
    );
    const results = await (await runtime.compile(backward)).run(packed);
    const logical = (name: string, values: Float32Array) =>
      typeOf(name).kind === 'map' ? runtime.unpack(values, typeOf(name).dims) : values;
    expectClose(logical('y', results.y), y, 'result');

    const step = 1e-5;
    for (const name of Object.keys(test.inputs).filter(key => !test.constant?.includes(key))) {
      const point = Float64Array.from(inputs[name]);
      const differences = point.map((value, i) => {
        point[i] = value + step;
        const above = loss({ ...inputs, [name]: point });
        point[i] = value - step;
        const below = loss({ ...inputs, [name]: point });
        point[i] = value;
        return (above - below) / (2 * step);
      });
      expectClose(logical(name, results[`d${name}`]), differences, `gradient by ${name}`);
    }
  });
});
