import { describe, expect, it } from 'vitest';
import { devicesText } from '../../../src/cli/devicesText.ts';
import { exportText } from '../../../src/cli/exportText.ts';

describe('devicesText', () => {
  it('lists what can be measured first, and says why the others cannot', () => {
    const devices = [
      { device: "'webgpu'", description: null, reason: 'webgpu cannot be used' },
      { device: "'cpu'", description: 'a processor, 1 thread', reason: null },
    ];
    expect(devicesText(devices).split('\n').slice(0, 5)).toEqual([
      'Can be measured from here (objective.latency.device):',
      "  'cpu'     a processor, 1 thread",
      '',
      'Cannot:',
      "  'webgpu'  webgpu cannot be used",
    ]);
  });
});

describe('exportText', () => {
  const plain = { command: 'export', file: 'model.onnx', difference: 2.5e-6 } as const;

  it('tells how far a model in fp32 is from the network', () => {
    expect(exportText(plain)).toBe(
      "Wrote model.onnx; its outputs differ from the trained network's by at most 2.5e-6.",
    );
  });

  it('holds a model in 8 bits against fp32', () => {
    const quantised = {
      calibrationImages: 512,
      testAccuracy: { fp32: 0.9176, int8: 0.9169 },
      latencyMs: { fp32: 0.055, int8: 0.0629 },
      bytes: { fp32: 156 * 1024, int8: 80 * 1024 },
      device: 'a processor',
    };
    expect(exportText({ ...plain, quantised })).toBe(`Wrote model.onnx.

| precision | test accuracy | latency   | file   |
| --------- | ------------- | --------- | ------ |
| fp32      | 91.76 %       | 0.0550 ms | 156 kB |
| int8      | 91.69 %       | 0.0629 ms | 80 kB  |

Ranges are of 512 training images; latencies on a processor.`);
  });
});
