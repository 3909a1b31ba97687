import { printGraph } from '../../src/graph/print.ts';
import type { Graph } from '../../src/graph/types.ts';
import type { Executable, Runtime } from '../../src/runtime/runtime.ts';

/** A runtime that also tells which different graphs were compiled, and how many runs there were. */
export function countingRuntime(
  runtime: Runtime,
): Runtime & { readonly compiled: ReadonlySet<string>; readonly runs: number } {
  const compiled = new Set<string>();
  let runs = 0;
  const counted = (executable: Executable): Executable => ({
    inputNames: executable.inputNames,
    outputNames: executable.outputNames,
    run: (inputs, wanted) => {
      runs++;
      return executable.run(inputs, wanted);
    },
  });
  return {
    compiled,
    get runs() {
      return runs;
    },
    description: runtime.description,
    async compile(graph: Graph) {
      compiled.add(printGraph(graph));
      return counted(await runtime.compile(graph));
    },
    pack: (values, dims) => runtime.pack(values, dims),
    unpack: (values, dims) => runtime.unpack(values, dims),
    dot: (a, b, less) => runtime.dot(a, b, less),
    dispose: () => runtime.dispose(),
  };
}
