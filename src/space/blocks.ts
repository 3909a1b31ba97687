import type { SourcePlace } from '../base/errors.ts';
import type { CheckedDefinition, CheckedStage } from './definition.ts';
import { formatPath, type Issue } from './issues.ts';
import type { LayerGraph, MapShape } from './layerGraph.ts';
import { Operator } from './operator.ts';
import { normalised } from './operators.ts';
import { fieldPlace } from './places.ts';
import { add, dropout, globalAvgPool, linear, pointwise } from './primitives.ts';
import type { Block, Candidate } from './searchSpace.ts';
import { formatShape } from './signature.ts';
import { checkStage } from './stageChecks.ts';
import { OperatorTracer } from './tracer.ts';

/** Where the definition and its stages are written, as far as known. */
export interface DefinitionPlaces {
  call: SourcePlace | undefined;
  stages: readonly (SourcePlace | undefined)[];
}

/** A part of the definition, for messages: its field and where that is. */
type Site = Pick<Issue, 'path' | 'place'>;

/** The chain of blocks of a checked definition. What does not fit is added to `issues`, and the chain goes on as asked. */
export function buildBlocks(
  definition: CheckedDefinition,
  input: MapShape,
  places: DefinitionPlaces,
  issues: Issue[],
): Block[] {
  return new ChainBuilder(definition, input, places, issues).build();
}

class ChainBuilder {
  private readonly blocks: Block[] = [];
  private readonly tracer: OperatorTracer;
  private shape: MapShape;

  constructor(
    private readonly definition: CheckedDefinition,
    input: MapShape,
    private readonly places: DefinitionPlaces,
    private readonly issues: Issue[],
  ) {
    this.shape = input;
    this.tracer = new OperatorTracer(places.call, issues);
  }

  build(): Block[] {
    for (const [index, operator] of this.definition.stem.entries()) this.addStem(operator, index);
    for (const [index, stage] of this.definition.stages.entries()) this.addStage(stage, index);
    this.addHead();
    return this.blocks;
  }

  /** The stem is a plain chain: no shortcuts, as published. */
  private addStem(operator: Operator, index: number): void {
    const site = { path: formatPath(['stem', index]), place: operator.place ?? this.places.call };
    if (operator.kind !== 'layers') {
      const message = `${operator.name}() cannot stand in the stem, where nothing is chosen.`;
      this.issues.push({ ...site, message, fix: 'Remove it.' });
      return;
    }
    const { out, stride = 1 } = operator.options;
    const output = this.target(out === undefined ? this.shape[0] : this.scaled(out), stride, site);
    if (!output) return;
    const candidates = this.candidate(operator, operator, output, stride, site);
    this.push({
      name: index === 0 ? 'stem' : `stem${index + 1}`,
      output,
      residual: false,
      candidates,
      place: site.place,
    });
  }

  private addStage(stage: CheckedStage, index: number): void {
    const written = this.places.stages[index] ?? stage.candidates.find(operator => operator.place)?.place;
    const site = { path: formatPath(['stages', index]), place: written ?? this.places.call };
    const issues = checkStage(stage, site.path, site.place);
    this.issues.push(...issues);
    if (issues.length > 0) return;
    const [least, most] = typeof stage.depth === 'number' ? [stage.depth, stage.depth] : stage.depth;
    for (let block = 0; block < most; block++) {
      const stride = block === 0 ? stage.stride : 1;
      const output = this.target(this.scaled(stage.width), stride, site);
      if (!output) return;
      const { residual, candidates } = this.choices(stage, output, stride, block >= least, site);
      this.push({ name: `stage${index + 1}.block${block + 1}`, output, residual, candidates, place: site.place });
    }
  }

  /** What one block chooses from. The shortcut is the block's, unless some of its operators carry their own. */
  private choices(
    stage: CheckedStage,
    output: MapShape,
    stride: number,
    mayVanish: boolean,
    site: Site,
  ): Pick<Block, 'residual' | 'candidates'> {
    const keepsShape = stride === 1 && this.shape[0] === output[0];
    const ownShortcuts = stage.candidates.some(operator => operator.options.ownShortcut);
    const residual = keepsShape && !ownShortcuts;
    // Inside a block's shortcut, doing nothing is giving nothing: Zero.
    const skip = (name: string, place: SourcePlace | undefined): Candidate => {
      return { name, layers: { input: this.shape, output: -1, nodes: [] }, zero: residual, place };
    };
    const candidates = stage.candidates.flatMap(operator => {
      if (operator.kind === 'zero') return residual ? [skip(operator.name, operator.place)] : [];
      if (operator.kind === 'identity') return keepsShape ? [skip(operator.name, operator.place)] : [];
      const lacksShortcut = keepsShape && ownShortcuts && !operator.options.ownShortcut;
      return this.candidate(operator, lacksShortcut ? this.withShortcut(operator) : operator, output, stride, site);
    });
    if (mayVanish) candidates.push(skip(residual ? 'zero' : 'identity', site.place));
    return { residual, candidates };
  }

  private addHead(): void {
    const { head, dataset, widthMultiplier } = this.definition;
    // As published: a narrower network keeps the width of its last layer.
    const width = head.width && (widthMultiplier > 1 ? this.scaled(head.width) : head.width);
    const site = { path: 'head', place: fieldPlace(this.places.call, ['head']) };
    const build: Operator['build'] = ({ input, out }) => {
      const wide = width ? normalised(pointwise(input, width), head.activation) : input;
      return linear(dropout(globalAvgPool(wide), head.dropout), out);
    };
    const operator = new Operator('head', 'layers', build, {}, [], site.place);
    const output: MapShape = [dataset.classes, 1, 1];
    const candidates = this.candidate(operator, operator, output, 1, site);
    this.push({ name: 'head', output, residual: false, candidates, place: site.place });
  }

  /** The operator as a candidate, built as `built` says; nothing, with an issue, where it does not fit. */
  private candidate(operator: Operator, built: Operator, output: MapShape, stride: number, site: Site): Candidate[] {
    const layers: LayerGraph | undefined = this.tracer.trace(built, this.shape, output, stride, site.path);
    return layers ? [{ name: operator.name, layers, zero: false, place: operator.place }] : [];
  }

  private withShortcut(operator: Operator): Operator {
    return this.tracer.variant(operator, context => add(operator.build(context), context.input));
  }

  /** The shape a block leads to; undefined, with an issue, where the map is too small for its stride. */
  private target(out: number, stride: number, site: Site): MapShape | undefined {
    const [, height, width] = this.shape;
    if (stride <= Math.min(height, width)) return [out, Math.ceil(height / stride), Math.ceil(width / stride)];
    const message = `Stride ${stride} on a map of ${formatShape(this.shape)}.`;
    this.issues.push({ ...site, message, fix: 'Use fewer or smaller strides before it, or a larger input.' });
    return undefined;
  }

  /** A width under the multiplier: the nearest multiple of 8 that loses at most a tenth, as published for MobileNets. */
  private scaled(width: number): number {
    const { widthMultiplier } = this.definition;
    if (widthMultiplier === 1) return width;
    const wished = width * widthMultiplier;
    const rounded = Math.max(8, Math.floor((wished + 4) / 8) * 8);
    return rounded < 0.9 * wished ? rounded + 8 : rounded;
  }

  private push(block: Omit<Block, 'input'>): void {
    this.blocks.push({ ...block, input: this.shape });
    this.shape = block.output;
  }
}
