import type { SourcePlace } from '../base/errors.ts';
import { type Issue, LayerError } from './issues.ts';
import type { LayerGraph, MapShape } from './layerGraph.ts';
import { Operator, type OperatorBuild } from './operator.ts';
import { thrownPlace } from './places.ts';
import { formatShape } from './signature.ts';
import { finish, GraphBuilder, MapTensor } from './trace.ts';

/** Turns operators into layer graphs, once per distinct shape, and collects what goes wrong. */
export class OperatorTracer {
  private readonly traced = new Map<Operator, Map<string, LayerGraph | undefined>>();
  private readonly variants = new Map<Operator, Operator>();
  private readonly wrong = new Set<Operator>();

  /** @param call where the space is defined */
  constructor(
    private readonly call: SourcePlace | undefined,
    private readonly issues: Issue[],
  ) {}

  /** The operator's layers from `input` to `output`; undefined, with an issue (one per operator), where it does not fit. */
  trace(operator: Operator, input: MapShape, output: MapShape, stride: number, path: string): LayerGraph | undefined {
    const known = this.traced.get(operator) ?? new Map<string, LayerGraph | undefined>();
    this.traced.set(operator, known);
    const key = `${formatShape(input)} ${formatShape(output)} ${stride}`;
    if (!known.has(key)) known.set(key, this.traceNew(operator, input, output, stride, path));
    return known.get(key);
  }

  /** The same operator built otherwise; one object per operator, so that its layers are shared too. */
  variant(operator: Operator, build: OperatorBuild): Operator {
    const found = this.variants.get(operator) ?? new Operator(operator.name, 'layers', build, {}, [], operator.place);
    this.variants.set(operator, found);
    return found;
  }

  private traceNew(
    operator: Operator,
    input: MapShape,
    output: MapShape,
    stride: number,
    path: string,
  ): LayerGraph | undefined {
    try {
      const builder = new GraphBuilder(input, operator.place, this.call);
      const result: unknown = operator.build({ input: new MapTensor(builder, -1, input), out: output[0], stride });
      if (!(result instanceof MapTensor) || result.builder !== builder) {
        throw new LayerError(
          'Its function must return a map made from its own input.',
          'Return the result of the last primitive.',
        );
      }
      if (formatShape(result.shape) !== formatShape(output)) {
        throw new LayerError(
          `From ${formatShape(input)} it leads to ${formatShape(result.shape)}, where ${formatShape(output)} is needed.`,
          "Use the context's out and stride.",
        );
      }
      return finish(result);
    } catch (error) {
      this.report(operator, error, path);
      return undefined;
    }
  }

  private report(operator: Operator, error: unknown, path: string): void {
    if (this.wrong.has(operator)) return;
    this.wrong.add(operator);
    const home = operator.place ?? this.call;
    const intro = `The operator "${operator.name}" cannot be built.`;
    if (error instanceof LayerError) {
      this.issues.push({ message: `${intro} ${error.message}`, fix: error.fix, place: error.place ?? home, path });
    } else {
      const message = error instanceof Error ? error.message : String(error);
      this.issues.push({ message: `${intro} ${message}`, place: thrownPlace(error) ?? home, path });
    }
  }
}
