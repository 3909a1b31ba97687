import { formatShape } from '../../space/analysis.ts';
import type { Block, SearchSpace } from '../../space/searchSpace.ts';
import { candidateKey } from './matching.ts';

/** A change of a block: what is told after its name. */
interface Change {
  sign: '+' | '-' | '~';
  block: string;
  text: string;
}

/**
 * What a person changed from one space to another, a line each: `+ stage2: mbconv 7x7 e6` came, `- stage3.block2` is gone,
 * `~ target 0.06 ms -> 0.05 ms`. A whole stage is named where all its blocks changed alike.
 */
export function spaceDifference(before: SearchSpace, after: SearchSpace): string[] {
  const old = new Map(before.blocks.map(block => [block.name, block]));
  const now = new Map(after.blocks.map(block => [block.name, block]));
  const kept = after.blocks.flatMap(block => {
    const earlier = old.get(block.name);
    return earlier ? [{ name: block.name, changes: blockChanges(earlier, block) }] : [];
  });
  return [
    ...settingChanges(before, after),
    ...before.blocks.filter(({ name }) => !now.has(name)).map(block => `- ${block.name}: ${described(block)}`),
    ...byStage(
      kept.flatMap(({ changes }) => changes),
      kept.map(({ name }) => name),
    ),
    ...after.blocks.filter(({ name }) => !old.has(name)).map(block => `+ ${block.name}: ${described(block)}`),
  ];
}

function settingChanges(before: SearchSpace, after: SearchSpace): string[] {
  const [old, now] = [settings(before), settings(after)];
  const names = Object.keys({ ...old, ...now });
  return names
    .filter(name => old[name] !== now[name])
    .map(name => `~ ${name} ${old[name] ?? 'unset'} -> ${now[name] ?? 'unset'}`);
}

/** Everything but the blocks, as texts by name. */
function settings({ dataset, input, classes, augment, objective, schedule }: SearchSpace): Record<string, string> {
  const { targetMs, ...latency } = objective.latency ?? {};
  const { train, ...search } = schedule;
  return {
    ...(targetMs === undefined ? {} : { target: `${targetMs} ms` }),
    input: formatShape(input),
    ...flat('dataset', dataset),
    ...flat('dataset', { classes }),
    ...flat('augment', augment),
    ...flat('latency', latency),
    ...flat('budget', objective.budget),
    ...flat('loss', objective.loss),
    ...flat('schedule', search),
    ...flat('schedule.train', train),
  };
}

function flat(group: string, fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${group}.${name}`, String(value)]));
}

/** Of its input nothing is told: that is the output of the block before. */
function blockChanges(before: Block, after: Block): Change[] {
  const change = (sign: Change['sign'], text: string) => ({ sign, block: after.name, text });
  const [old, now] = [before, after].map(({ output: [width, ...size] }) => ({ width, size: size.join('x') }));
  const shapes = ({ input, output }: Block) => `${input} ${output}`;
  const resized = shapes(before) !== shapes(after);
  return [
    ...(old.width === now.width ? [] : [change('~', `width ${old.width} -> ${now.width}`)]),
    ...(old.size === now.size ? [] : [change('~', `map ${old.size} -> ${now.size}`)]),
    ...missing(before, after).map(name => change('-', name)),
    ...missing(after, before).map(name => change('+', name)),
    // At another size every candidate computes something else, which says nothing.
    ...(resized ? [] : sameNameOther(before, after).map(name => change('~', `${name} changed`))),
  ];
}

/** Names of the candidates of one block that the other lacks. */
function missing(block: Block, other: Block): string[] {
  return names(block).filter(name => !names(other).includes(name));
}

/** Candidates that keep their name and compute something else, as an operator of one's own may. */
function sameNameOther(before: Block, after: Block): string[] {
  const old = new Map(before.candidates.map(candidate => [candidate.name, candidateKey(candidate)]));
  return after.candidates
    .filter(candidate => old.has(candidate.name) && old.get(candidate.name) !== candidateKey(candidate))
    .map(({ name }) => name);
}

const names = ({ candidates }: Block) => candidates.map(({ name }) => name);
const described = (block: Block) =>
  `${formatShape(block.input)} -> ${formatShape(block.output)}, ${names(block).join(', ')}`;
const stageOf = (block: string) => block.split('.')[0];

/** Changes that all blocks of a stage have in common are told once, of the stage. @param blocks names, changed or not */
function byStage(changes: readonly Change[], blocks: readonly string[]): string[] {
  const lines = changes.map(({ sign, block, text }) => {
    const stage = stageOf(block);
    const alike = changes.filter(one => stageOf(one.block) === stage && one.sign === sign && one.text === text);
    const whole = alike.length === blocks.filter(name => stageOf(name) === stage).length;
    return `${sign} ${whole ? stage : block}: ${text}`;
  });
  return [...new Set(lines)];
}
