import { printGraph } from '../../src/graph/print.ts';
import type { Graph } from '../../src/graph/types.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

/** A runtime that also tells which different graphs were compiled. */
export function countingRuntime(runtime: Runtime): Runtime & { readonly compiled: ReadonlySet<string> } {
  const compiled = new Set<string>();
  return {
    compiled,
    description: runtime.description,
    compile(graph: Graph) {
      compiled.add(printGraph(graph));
      return runtime.compile(graph);
    },
    pack: (values, dims) => runtime.pack(values, dims),
    unpack: (values, dims) => runtime.unpack(values, dims),
    dispose: () => runtime.dispose(),
  };
}
