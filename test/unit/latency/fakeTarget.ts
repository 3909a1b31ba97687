import type { Fingerprint, KernelTime, LatencyTarget, MachineState } from '../../../src/latency/targets/target.ts';

export const device: Fingerprint = {
  processor: 'Test Processor 9000',
  cores: 4,
  platform: 'linux x64',
  runtime: 'onnxruntime-node 0.0.0',
  executionProvider: 'cpu',
  threads: 1,
  batch: 1,
  precision: 'fp32',
};

/** A device with a clock of its own. A model's bytes are its name; each run lets `timeOf(name, run)` ms go by. */
export class FakeTarget implements LatencyTarget {
  /** Names in the order of their runs. */
  readonly runs: string[] = [];
  readonly opened = new Set<string>();
  mostOpen = 0;
  private now = 0;

  constructor(private readonly timeOf: (name: string, run: number) => number) {}

  readonly clock = () => this.now;

  machine(): MachineState {
    return { load: 0, cores: 4 };
  }

  async fingerprint({ threads, batch }: { threads: number; batch: number }): Promise<Fingerprint> {
    return { ...device, threads, batch };
  }

  async trace(): Promise<KernelTime[]> {
    return [{ name: 'stem/0.conv2d/t1', op: 'Conv', output: [1, 8, 4, 4], ms: this.timeOf('trace', 0) }];
  }

  async open(model: Uint8Array) {
    const name = new TextDecoder().decode(model);
    if (name.startsWith('bad')) throw new Error(`cannot open ${name}`);
    this.opened.add(name);
    this.mostOpen = Math.max(this.mostOpen, this.opened.size);
    let run = 0;
    return {
      run: async () => {
        this.runs.push(name);
        this.now += this.timeOf(name, run++);
      },
      release: async () => {
        this.opened.delete(name);
      },
    };
  }
}

export function named(...names: string[]): { key: string; model: Uint8Array }[] {
  return names.map(name => ({ key: name, model: new TextEncoder().encode(name) }));
}
