import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { mobileNetV2Style } from '../../../src/engine/contest/baselines.ts';
import { scaleWidths } from '../../../src/engine/contest/scaleWidths.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { partDefinition } from '../../../src/search/layers.ts';
import { macs } from '../../../src/space/analysis.ts';
import { type LayerGraph, outputShape, shapeAt } from '../../../src/space/layerGraph.ts';
import { Part } from '../../../src/training/part.ts';
import { tinySpace } from './tinySpace.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const network = mobileNetV2Style(tinySpace()).layers;

/** Channels into and out of each convolution, and its groups. */
function convolutions(layers: LayerGraph) {
  return layers.nodes.flatMap(node =>
    node.op === 'conv2d'
      ? [{ from: shapeAt(layers, node.inputs[0])[0], to: node.attributes.out, groups: node.attributes.groups }]
      : [],
  );
}

describe('scaleWidths', () => {
  it('keeps the expansion of 6, makes depthwise groups the new width, and leaves the classes', () => {
    // Widths 8 and 16 times 1.5: stem, expand, depthwise, project, three blocks, the head's convolution of 32.
    const wide = convolutions(scaleWidths(network, 1.5, 4));
    expect(wide).toEqual([
      { from: 1, to: 12, groups: 1 },
      ...[
        [12, 12],
        [12, 24],
        [24, 24],
      ].flatMap(([from, to]) => [
        { from, to: 6 * from, groups: 1 },
        { from: 6 * from, to: 6 * from, groups: 6 * from },
        { from: 6 * from, to, groups: 1 },
      ]),
      { from: 24, to: 48, groups: 1 },
    ]);
    expect(outputShape(scaleWidths(network, 1.5, 4))).toEqual([3, 1, 1]);
  });

  it('is the same network at factor 1', () => {
    expect(scaleWidths(network, 1, 4)).toEqual(network);
  });

  it('never makes a width of 0', () => {
    expect(Math.min(...convolutions(scaleWidths(network, 0.01, 4)).map(({ to }) => to))).toBe(4);
  });

  it.each([0.3, 0.7, 1.6])('gives a network that runs, at factor %s', async factor => {
    const layers = scaleWidths(network, factor, 4);
    const part = new Part(runtime, partDefinition(layers, false), new Random(1));
    const images = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i));
    const logits = await part.evaluate(runtime.pack(images, [2, 1, 8, 8]), 2, 'running');
    expect(runtime.unpack(logits, [2, 3, 1, 1]).every(Number.isFinite)).toBe(true);
    expect(Math.sign(macs(layers) - macs(network))).toBe(Math.sign(factor - 1));
  });
});
