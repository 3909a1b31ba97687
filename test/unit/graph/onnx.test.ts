import { describe, expect, it } from 'vitest';
import { lowerGraph } from '../../../src/graph/onnx/lower.ts';
import { decodeModel, encodeModel, type OnnxModel } from '../../../src/graph/onnx/schema.ts';
import { standardLowering } from '../../../src/graph/onnx/standard.ts';
import { convNormRelu6 } from './examples.ts';

const model: OnnxModel = {
  irVersion: 8,
  producerName: 'test',
  opsetImport: [
    { domain: 'ai.onnx.ml', version: 3 },
    { domain: 'com.microsoft', version: 1 },
  ],
  metadataProps: [{ key: 'classes', value: 'Hemd, Schuh ü' }],
  graph: {
    name: 'g',
    initializer: [{ name: 'w', dims: [2, 1], dataType: 1, rawData: Buffer.of(0, 0, 128, 63, 0, 0, 0, 64) }],
    input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'N' }, { dimValue: 2 }] } } } }],
    output: [{ name: 'y', type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 1 }] } } } }],
    node: [
      {
        opType: 'Conv',
        domain: 'com.microsoft.nchwc',
        input: ['x', 'w', ''],
        output: ['y'],
        attribute: [
          { name: 'alpha', type: 1, f: -0.5 },
          { name: 'axis', type: 2, i: -1 },
          { name: 'mode', type: 3, s: Buffer.from('reflect') },
          { name: 'scales', type: 6, floats: [0.25, 2] },
          { name: 'pads', type: 7, ints: [0, -1, 2 ** 33] },
        ],
      },
    ],
  },
};

describe('ONNX models', () => {
  it('round trip: names, attributes of every kind, negative and large integers, bytes', () => {
    // Through JSON, where bytes are lists of numbers whatever array holds them.
    const plain = (value: OnnxModel) =>
      JSON.parse(JSON.stringify(value, (_, part) => (part?.type === 'Buffer' ? part.data : part)));
    expect(plain(decodeModel(encodeModel(model)))).toMatchObject(plain(model));
  });

  it('are the bytes the format demands', () => {
    const bytes = encodeModel({
      irVersion: 8,
      producerName: 'a',
      opsetImport: [],
      graph: { name: 'g', node: [], initializer: [], input: [], output: [] },
    });
    // Tags are (field << 3) | wire type: ir_version = 1 varint, producer_name = 2 bytes, graph = 7 bytes, its name = 2.
    expect([...bytes]).toEqual([0x08, 8, 0x12, 1, 97, 0x3a, 3, 0x12, 1, 103]);
  });

  it('are refused when the bytes are cut', () => {
    const bytes = encodeModel(model);
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 3))).toThrow();
  });
});

describe('lowerGraph', () => {
  it('names inputs and outputs as the graph does, and turns constants into initializers', () => {
    const { g, y } = convNormRelu6(4);
    const w = Float32Array.from({ length: 8 }, (_, i) => i);
    const options = { constants: new Map([['w', w]]), metadata: { a: 'b' } };
    const lowered = lowerGraph(g.finish([{ name: 'y', value: y }]), standardLowering, options);
    const { graph, metadataProps } = decodeModel(lowered.bytes);
    expect(lowered.inputDims).toEqual({ x: [2, 2, 3, 3], gamma: [4], beta: [4] });
    expect(lowered.outputDims).toEqual({ y: [2, 4, 3, 3] });
    expect(graph.input.map(input => input.name)).toEqual(['x', 'gamma', 'beta']);
    expect(graph.output.map(output => output.name)).toEqual(['y']);
    const stored = graph.initializer.find(tensor => tensor.name === 'w')!;
    expect(stored.dims).toEqual([4, 2, 1, 1]);
    expect(new Float32Array(Uint8Array.from(stored.rawData).buffer)).toEqual(w);
    expect(metadataProps).toEqual([{ key: 'a', value: 'b' }]);
  });
});
