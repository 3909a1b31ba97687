import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphBuilder } from '../../graph/builder.ts';
import { lowerGraph } from '../../graph/onnx/lower.ts';
import { standardLowering } from '../../graph/onnx/standard.ts';
import { array, map } from '../../graph/types.ts';
import { openInferenceModel } from './inference.ts';
import { readKernelRuns } from './kernelTimes.ts';

/** Execution providers by onnxruntime's short names: what runs the kernels of a model. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Those this build of the runtime holds; whether the machine has what they drive is another question. */
export async function builtInProviders(): Promise<string[]> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  return listSupportedBackends().map(({ name }) => name);
}

/**
 * Creates a small convolution on the provider and runs it: nothing else says whether it works. May end the process, since
 * drivers do, or never return.
 *
 * @throws Error why not, also when the runtime left the convolution to the processor instead
 */
export async function tryProvider(provider: Provider): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'proxyless-provider-'));
  try {
    const model = await openInferenceModel(probeModel(), { threads: 1, provider, traceTo: join(folder, 'trace') });
    await model.run({ image: { values: new Float32Array(3 * 8 * 8).fill(1), dims: [1, 3, 8, 8] } });
    await model.release();
    const [file] = readdirSync(folder);
    const fallen = readKernelRuns(join(folder, file)).some(
      kernel => /Conv/.test(kernel.op) && provider !== 'cpu' && kernel.provider === 'CPUExecutionProvider',
    );
    if (fallen) throw new Error('the runtime runs its convolutions on the processor instead');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function probeModel(): Uint8Array {
  const g = new GraphBuilder();
  const image = g.input('image', map(1, 3, 8, 8));
  const w = g.input('w', array(4, 3, 3, 3));
  const output = g.add('relu', [g.add('conv2d', [image, w], { stride: 1, dilation: 1, groups: 1, pad: 1 })], {});
  const graph = g.finish([{ name: 'output', value: output }]);
  return lowerGraph(graph, standardLowering, { constants: new Map([['w', new Float32Array(108).fill(0.1)]]) }).bytes;
}
