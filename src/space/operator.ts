import { z } from 'zod';
import type { SourcePlace } from '../base/errors.ts';
import { describeFinding, formatPath, type Issue, reporting, writtenPath } from './issues.ts';
import { callerPlace, fieldPlace } from './places.ts';
import type { MapTensor } from './trace.ts';

/** What an operator is built for. */
export interface OperatorContext {
  /** The map that comes in. */
  input: MapTensor;
  /** Channels the result must have. */
  out: number;
  /** The result must be `ceil(height / stride)` high and as much wide. */
  stride: number;
}

/** Builds an operator from primitives; called once per distinct shape, while the space is defined. */
export type OperatorBuild = (context: OperatorContext) => MapTensor;

/** Where a fixed operator of the stem leads; in a stage the stage says it. */
export interface FixedOptions {
  /** Channels out, in the stem only. */
  out?: number;
  /** In the stem only, 1 unless said. */
  stride?: number;
}

export interface CustomOptions extends FixedOptions {
  /**
   * The operator adds its own shortcut, as ResNet's blocks do. Blocks put the identity around all others where shape allows.
   */
  ownShortcut?: boolean;
}

/** A candidate of a stage or a fixed part of the stem. Made by `mbconv`, `conv`, `zero`, `operator`, ... */
export class Operator {
  /** @internal */
  constructor(
    /** As shown wherever candidates are: `mbconv 3x3 e6`. */
    readonly name: string,
    readonly kind: 'layers' | 'zero' | 'identity',
    /** @internal */
    readonly build: OperatorBuild,
    /** @internal */
    readonly options: CustomOptions = {},
    /**
     * Wrong arguments, reported with the rest of the space.
     * @internal
     */
    readonly issues: readonly Issue[] = [],
    /** @internal */
    readonly place: SourcePlace | undefined = undefined,
  ) {}
}

const side = z.int().min(1);

/** Fields every operator that can stand in the stem has. */
export const fixedFields = { out: side.optional(), stride: side.max(8).optional() };

/** Side of a kernel with a centre. */
export const kernelSide = z
  .int()
  .positive()
  .max(63)
  .refine(kernel => kernel % 2 === 1, { error: 'use an odd kernel, such as 3, 5 or 7: only odd ones have a centre.' });

const operatorSchema = z.strictObject({
  name: z.string().min(1),
  build: z.custom<OperatorBuild>(value => typeof value === 'function', {
    error: 'give a function from the context to a map.',
  }),
  ownShortcut: z.boolean().optional(),
  ...fixedFields,
});

/**
 * An operator of your own: a name, and a function from the context to a map, written with the primitives. It trains,
 * profiles and exports like the built-in ones.
 *
 * ```ts
 * const ghost = operator('ghost 3x3', ({ input, out, stride }) => {
 *   const half = relu6(batchNorm(conv2d(input, { out: out / 2, kernel: 3, stride })));
 *   return concat(half, batchNorm(depthwise(half, { kernel: 3 })));
 * });
 * ```
 */
export function operator(name: string, build: OperatorBuild, options: CustomOptions = {}): Operator {
  return makeOperator('operator', operatorSchema, { ...options, name, build }, () => ({ name, build }));
}

/**
 * Checks a builder's arguments and makes the operator; wrong ones become issues of the space rather than an exception, so
 * that all of them are seen at once.
 *
 * @param builder the function the person called, for messages
 * @param describe the operator's name and build function from checked arguments
 */
export function makeOperator<Options extends CustomOptions>(
  builder: string,
  schema: z.ZodType<Options>,
  options: unknown,
  describe: (options: Options) => Pick<Operator, 'name' | 'build'>,
  kind: Operator['kind'] = 'layers',
): Operator {
  const place = callerPlace();
  const parsed = schema.safeParse(options, reporting);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(finding => {
      const path = [builder, ...finding.path];
      return {
        ...describeFinding(finding, path),
        place: fieldPlace(place, writtenPath(finding)),
        path: formatPath(path),
      };
    });
    return new Operator(builder, kind, ({ input }) => input, {}, issues, place);
  }
  const { out, stride, ownShortcut } = parsed.data;
  const { name, build } = describe(parsed.data);
  return new Operator(name, kind, build, { out, stride, ownShortcut }, [], place);
}
