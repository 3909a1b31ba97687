import { readFileSync } from 'node:fs';

/** What one kernel of a model took in all runs of a trace, in the order of their execution. */
export interface KernelRuns {
  name: string;
  op: string;
  /** Execution provider that runs it, as the runtime names it: `CPUExecutionProvider`. */
  provider: string;
  /** Shape of the first result; empty where the trace does not say. */
  output: number[];
  microseconds: number[];
}

/** The part of onnxruntime's trace (Chrome's trace event format) that tells of kernels. */
interface TraceEvent {
  cat: string;
  name: string;
  dur: number;
  args?: { op_name?: string; provider?: string; node_index?: string; output_type_shape?: Record<string, number[]>[] };
}

const KERNEL = /_kernel_time$/;

/** Reads a trace that `openInferenceModel` was asked for. */
export function readKernelRuns(file: string): KernelRuns[] {
  const kernels = new Map<string, KernelRuns>();
  for (const { cat, name, dur, args } of JSON.parse(readFileSync(file, 'utf8')) as TraceEvent[]) {
    if (cat !== 'Node' || !KERNEL.test(name) || args?.node_index === undefined) continue;
    const kernel = kernels.get(args.node_index) ?? {
      name: name.replace(KERNEL, ''),
      op: args.op_name ?? '',
      provider: args.provider ?? '',
      output: Object.values(args.output_type_shape?.[0] ?? {})[0] ?? [],
      microseconds: [],
    };
    kernel.microseconds.push(dur);
    kernels.set(args.node_index, kernel);
  }
  return [...kernels.values()];
}
