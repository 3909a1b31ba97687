import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { type Ancestor, inheritance } from '../../../../src/engine/inherit/inherit.ts';
import { createOrtRuntime } from '../../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { softmax } from '../../../../src/search/architecture.ts';
import { Supernet } from '../../../../src/search/supernet.ts';
import type { SearchSpace } from '../../../../src/space/searchSpace.ts';
import { contents } from '../../search/supernetContents.ts';
import { small, spaceOf, stages, wide, withZero } from './spaces.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

/** By choice block of `spaceOf()`. */
const alphas = [
  [1, 0, -1],
  [0.5, 2, 0],
  [0.3, 0.1],
  [-1, 1],
];

/** A supernet whose every number is its own, as an earlier run would have left it. */
function ancestorOf(space: SearchSpace): { ancestor: Ancestor; numbers: Map<string, Float32Array> } {
  const supernet = new Supernet(runtime, space, 7);
  const random = new Random(1, 'earlier');
  for (const { values } of supernet.tensors()) for (let i = 0; i < values.length; i++) values[i] = random.normal();
  // Common weights are those of the candidate that was trained last.
  for (const { parts, shared } of supernet.blocks) for (const part of parts) if (part) shared?.push(part);
  const numbers = contents(supernet);
  const tensors = {
    size: (name: string) => numbers.get(name)?.length,
    read: (name: string, into: Float32Array) => into.set(numbers.get(name) as Float32Array),
  };
  return { ancestor: { run: 'earlier', space, alphas, withTensors: use => use(tensors) }, numbers };
}

/** The new supernet after it took over, its numbers, and those it would have had. */
function relaunched(ancestor: Ancestor, space: SearchSpace) {
  const taken = inheritance(ancestor, space);
  const supernet = new Supernet(runtime, space, 3);
  const fresh = contents(supernet);
  taken.apply(supernet);
  return { ...taken, supernet, numbers: contents(supernet), fresh };
}

const inheritedBlocks = ({ event }: Pick<ReturnType<typeof relaunched>, 'event'>) =>
  event.blocks.filter(({ inherited }) => inherited).map(({ block }) => block);

describe.each([true, false])('a search that inherits from a run, weights shared: %s', sharedWeights => {
  const spaceWith = (changed = stages) => spaceOf(changed, { sharedWeights });

  it('of the same space: every number and every alpha, and no warm-up is left', () => {
    const { ancestor, numbers } = ancestorOf(spaceWith());
    const after = relaunched(ancestor, spaceWith());
    expect(after.numbers).toEqual(numbers);
    expect(after.supernet.choices.map(({ architecture }) => [...architecture.alpha])).toEqual(alphas);
    expect(after.warmupDone).toBe(10);
    expect(after.event).toMatchObject({ fromRun: 'earlier', difference: [] });
    expect(after.event.blocks.every(({ inherited, reason }) => inherited && reason === 'unchanged')).toBe(true);
  });

  it('takes over what did not change and starts the rest anew', () => {
    const { ancestor, numbers } = ancestorOf(spaceWith());
    const after = relaunched(ancestor, spaceWith([stages[0], { ...stages[1], width: 24 }]));
    expect(inheritedBlocks(after)).toEqual(['stem', 'stage1.block1', 'stage1.block2']);
    for (const [name, values] of after.numbers) {
      const taken = /^(stem|stage1)\./.test(name);
      expect(values).toEqual((taken ? numbers : after.fresh).get(name));
    }
    expect(after.supernet.choices.slice(0, 2).map(({ architecture }) => [...architecture.alpha])).toEqual(
      alphas.slice(0, 2),
    );
    expect(after.warmupDone).toBe(5);
  });

  it('gives a candidate that is new in a block its fair share, and keeps the odds between the others', () => {
    const { ancestor, numbers } = ancestorOf(spaceWith());
    const after = relaunched(ancestor, spaceWith([stages[0], { ...stages[1], candidates: [wide, ...small] }]));
    const [p, before] = [softmax(after.supernet.choices[3].architecture.alpha), softmax(alphas[3])];
    expect(p[0]).toBeCloseTo(1 / 3, 12);
    expect(p[2] / p[1]).toBeCloseTo(before[1] / before[0], 12);
    expect(after.numbers.get('stage2.block2.1.0')).toEqual(numbers.get('stage2.block2.0.0'));
    expect(after.numbers.get('stage2.block2.2.mean1')).toEqual(numbers.get('stage2.block2.1.mean1'));
    expect(after.event.blocks[4]).toEqual({
      block: 'stage2.block2',
      inherited: true,
      reason: 'the same but for candidates new: mbconv 3x3 e6',
    });
    // Of 9 + 3 + 1 + 1 candidates in six blocks two are new.
    expect(after.warmupDone).toBe(Math.floor(10 * ((4 + 2 / 3 + 2 / 3) / 6)));
  });

  it('follows candidates and blocks to other places', () => {
    const { ancestor, numbers } = ancestorOf(spaceWith());
    const added = { width: 8, depth: 1, candidates: [wide] };
    const swapped = { ...stages[0], candidates: withZero.toReversed() };
    const after = relaunched(ancestor, spaceWith([added, swapped, stages[1]]));
    expect(after.numbers.get('stage2.block1.2.0')).toEqual(numbers.get('stage1.block1.0.0'));
    expect([...after.supernet.choices[0].architecture.alpha]).toEqual(alphas[0].toReversed());
    expect(after.event.blocks[2].reason).toBe('unchanged (it was stage1.block1)');
  });
});

describe('a search that inherits', () => {
  it('starts anew where candidates are to share weights that they did not share before', () => {
    const { ancestor } = ancestorOf(spaceOf());
    const after = relaunched(ancestor, spaceOf(stages, { sharedWeights: true }));
    expect(inheritedBlocks(after)).toEqual(['stem', 'head']);
    expect(after.event.blocks[1].reason).toContain('share their weights');
  });

  it('starts a new candidate from the common weights that the others have trained', () => {
    const shared = { sharedWeights: true };
    const { ancestor, numbers } = ancestorOf(spaceOf(stages, shared));
    const after = relaunched(ancestor, spaceOf([stages[0], { ...stages[1], candidates: [...small, wide] }], shared));
    // The first half of its channels are those of the expansion of 3.
    const narrow = numbers.get('stage2.block2.0.0') as Float32Array;
    expect(after.numbers.get('stage2.block2.2.0')?.subarray(0, narrow.length)).toEqual(narrow);
  });

  it('starts a block anew whose stored weights are not of the space that the run names', () => {
    const { ancestor, numbers } = ancestorOf(spaceOf());
    numbers.set('stage1.block2.1.0', new Float32Array(3));
    const { event } = relaunched(ancestor, spaceOf());
    expect(event.blocks.filter(({ inherited }) => !inherited)).toEqual([
      { block: 'stage1.block2', inherited: false, reason: expect.stringContaining('imports was changed') },
    ]);
  });
});
