import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { SpaceError } from '../../../src/space/issues.ts';
import { loadSearchSpace } from '../../../src/space/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'space-'));
afterAll(() => rmSync(folder, { recursive: true }));

const imports = `import * as p from 'proxyless-studio';`;

/** A good file, line by line; the tests below break one line of it. */
const good = [
  `import { conv, defineSearchSpace, fashionMnist, mbconv, operator, stage, zero, relu, conv2d, add } from 'proxyless-studio';`, // 1
  `const own = operator('own', ({ input, out, stride }) => {`, // 2
  `  return relu(conv2d(input, { out, kernel: 3, stride }));`, // 3
  `});`, // 4
  `const candidates = [`, // 5
  `  mbconv({ kernel: 3, expand: 3 }),`, // 6
  `  own, zero(),`, // 7
  `];`, // 8
  `export default defineSearchSpace({`, // 9
  `  name: 'test',`, // 10
  `  dataset: fashionMnist(),`, // 11
  `  stem: [conv({ kernel: 3, stride: 2, out: 8 })],`, // 12
  `  stages: [`, // 13
  `    stage({ width: 8, depth: 2, candidates }),`, // 14
  `    stage({ width: 16, depth: 1, stride: 2, candidates }),`, // 15
  `  ],`, // 16
  `  head: { width: 32 },`, // 17
  `  objective: { latency: { targetMs: 1 } },`, // 18
  `});`, // 19
];

async function errorOf(source: string, timeoutMs?: number): Promise<UserError & { at: string }> {
  const file = join(folder, 'broken.nas.ts');
  writeFileSync(file, source);
  const error = await loadSearchSpace(file, { timeoutMs }).then(
    () => expect.fail('the file was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error;
  expect(error.place?.file).toBe(file);
  return Object.assign(error, { at: `${error.place?.line}:${error.place?.column}` });
}

/** The good file with some of its lines replaced. */
function broken(lines: Record<number, string>): string {
  return good.map((line, index) => lines[index + 1] ?? line).join('\n');
}

describe('loading a search-space file', () => {
  it('builds the space, with every block and operator where it is written', async () => {
    const file = join(folder, 'good.nas.ts');
    writeFileSync(file, good.join('\n'));
    const space = await loadSearchSpace(file);
    const names = ['stem', 'stage1.block1', 'stage1.block2', 'stage2.block1', 'head'];
    expect(space.blocks.map(block => block.name)).toEqual(names);
    expect(space.blocks.map(block => block.place)).toMatchObject([12, 14, 14, 15, 17].map(line => ({ file, line })));
    const [builtIn, own] = space.blocks[1].candidates;
    expect(builtIn.layers.nodes[0].place).toEqual({ file, line: 6, column: 3 });
    expect(own.layers.nodes.map(node => node.place?.column)).toEqual([15, 10]);
  });

  it("follows imports of the person's own files and reports places in them", async () => {
    writeFileSync(
      join(folder, 'candidates.ts'),
      `${imports}\n\nexport const candidates = [p.mbconv({ kernel: 4, expand: 3 })];`,
    );
    const source = broken({ 5: `import { candidates } from './candidates';`, 6: '', 7: '', 8: '' });
    writeFileSync(join(folder, 'imports.nas.ts'), source);
    await expect(loadSearchSpace(join(folder, 'imports.nas.ts'))).rejects.toMatchObject({
      place: { file: join(folder, 'candidates.ts'), line: 3, column: 39 },
    });
  });

  const mistakes: [string, Record<number, string>, string, RegExp][] = [
    ['a syntax error', { 10: `  name: 'test' 'test',` }, '10:16', /Expected "}" but found/],
    ['an import that is not there', { 4: `}); import './nowhere';` }, '4:12', /Could not resolve "\.\/nowhere"/],
    ['a throw', { 4: `}); throw new Error('no luck');` }, '4:11', /failed while it was loaded\. Error: no luck/],
    ['a name that does not exist', { 4: '}); nothing();' }, '4:5', /nothing is not defined/],
    [
      'an unknown operator',
      { 6: '  mbconf({ kernel: 3 }),', 1: good[0].replace('mbconv', 'mbconf') },
      '6:3',
      /no "mbconf"/,
    ],
    [
      'an operator that is a string',
      { 14: `    stage({ width: 8, depth: 2, candidates: ['mbconv'] }),` },
      '14:33',
      /candidates\[0\]": not an operator/,
    ],
    [
      'an unknown argument',
      { 6: '  mbconv({ kernel: 3, expand: 3, expanse: 3 }),' },
      '6:34',
      /Unknown field "expanse"/,
    ],
    ['an even kernel', { 6: '  mbconv({ kernel: 4, expand: 3 }),' }, '6:12', /"mbconv\.kernel".*odd/],
    [
      'an expansion below 1',
      { 6: '  mbconv({ kernel: 3, expand: 0.5 }),' },
      '6:23',
      /"mbconv\.expand" must be at least 1, not 0\.5/,
    ],
    ['depth 0', { 14: '    stage({ width: 8, depth: 0, candidates }),' }, '14:23', /"stages\[0\]\.depth".*at least 1/],
    [
      'a fractional width',
      { 15: '    stage({ width: 1.5, depth: 1, candidates }),' },
      '15:13',
      /"stages\[1\]\.width" must be a whole number/,
    ],
    [
      'no candidates',
      { 14: '    stage({ width: 8, depth: 2, candidates: [] }),' },
      '14:33',
      /must be a list of at least 1, not an empty list/,
    ],
    [
      'only zero()',
      { 14: '    stage({ width: 8, depth: 2, candidates: [zero()] }),' },
      '14:5',
      /no operator that computes anything/,
    ],
    [
      'a candidate listed twice',
      { 7: '  mbconv({ kernel: 3, expand: 3 }),' },
      '7:3',
      /"mbconv 3x3 e3" is listed twice/,
    ],
    [
      'a stride beyond the map',
      { 12: '  stem: [conv({ kernel: 3, stride: 8, out: 8 }), conv({ kernel: 3, stride: 5, out: 8 })],' },
      '12:50',
      /Stride 5 on a map of 8x4x4/,
    ],
    [
      'a negative target',
      { 18: '  objective: { latency: { targetMs: -1 } },' },
      '18:27',
      /"objective\.latency\.targetMs" must be more than 0/,
    ],
    [
      'an unknown loss',
      { 18: `  objective: { latency: { targetMs: 1 }, loss: { form: 'log' } },` },
      '18:50',
      /unknown form of the latency loss/,
    ],
    [
      'mul#log at 1 ms',
      { 18: `  objective: { latency: { targetMs: 1 }, loss: { form: 'mul#log' } },` },
      '18:42',
      /at 1 ms it is undefined/,
    ],
    ['an unknown field', { 17: '  head: { width: 32, dropuot: 0.1 },' }, '17:22', /Unknown field "dropuot" in "head"/],
    [
      'a missing field of a stage before others',
      { 14: '    stage({ depth: 2, candidates }),' },
      '14:5',
      /"stages\[0\]\.width" must/,
    ],
    ['a missing field', { 18: '' }, '9:16', /"objective" must be an object, not missing/],
    [
      'one class',
      {
        1: `${good[0]} import { imageFolder } from 'proxyless-studio';`,
        11: `  input: [1, 28, 28], dataset: imageFolder('x', { classes: 1 }),`,
      },
      '11:51',
      /"dataset\.classes" must be at least 2/,
    ],
    ['an input unlike the data', { 10: `  name: 'test', input: [3, 28, 28],` }, '10:17', /another size/],
    [
      'an operator with the wrong shape',
      { 3: '  return conv2d(input, { out, kernel: 3 });' },
      '2:13',
      /leads to 16x14x14, where 16x7x7 is needed/,
    ],
    [
      'an operator that adds unlike maps',
      { 3: '  return add(input, conv2d(input, { out, kernel: 3, stride }));' },
      '3:10',
      /add needs two maps of one shape, not 8x14x14 and 16x7x7/,
    ],
    [
      'an operator with an unknown option',
      { 3: '  return conv2d(input, { out, kernel: 3, strid: 1 });' },
      '3:10',
      /conv2d has no option "strid"/,
    ],
    ['an operator that returns nothing', { 3: '  relu(input);' }, '2:13', /must return a map/],
    [
      'an operator that throws',
      { 3: '  return input.nothing.at(0);' },
      '3:24',
      /"own" cannot be built\. Cannot read properties/,
    ],
    ['no default export', { 9: 'defineSearchSpace({' }, 'undefined:undefined', /no default export/],
    ['another default export', { 9: 'export default ({' }, 'undefined:undefined', /not a search space/],
  ];

  it.each(mistakes)('points at %s', async (_name, lines, at, message) => {
    const error = await errorOf(broken(lines));
    expect(error.message).toMatch(message);
    expect(error.at).toBe(at);
  });

  it('ends a file, and an operator, that never ends, and says at which line', async () => {
    const file = await errorOf('type A = string;\n\nlet a: A;\nwhile (true) a = String();', 100);
    expect(file.message).toMatch(/did not finish within 0\.1 s/);
    expect(file.place?.line).toBe(4);
    const operator = await errorOf(broken({ 3: '  for (;;) relu(input);' }), 300);
    expect(operator.message).toMatch(/did not finish/);
    expect(operator.place?.line).toBe(3);
  });

  it('says that a file is missing, or a folder', async () => {
    await expect(loadSearchSpace(join(folder, 'none.nas.ts'))).rejects.toThrow(/no such file/);
    await expect(loadSearchSpace(folder)).rejects.toThrow(/is a folder/);
  });

  it('offers what would mend a misspelt field or import', async () => {
    const issuesOf = async (lines: Record<number, string>) => {
      const error = await errorOf(broken(lines));
      return error instanceof SpaceError ? error.issues.map(({ fix, remedies }) => ({ fix, remedies })) : [];
    };
    expect(await issuesOf({ 17: '  head: { width: 32, dropuot: 0.1 },' })).toEqual([
      { fix: 'Did you mean "dropout"?', remedies: [{ action: 'rename', to: 'dropout' }, { action: 'remove' }] },
    ]);
    // Not "width", which is there.
    expect(await issuesOf({ 17: '  head: { width: 32, widht: 16 },' })).toEqual([
      { fix: 'Remove it.', remedies: [{ action: 'remove' }] },
    ]);
    const misspelt = good.slice(0, 8).map(line => line.replace('mbconv', 'mbconf'));
    expect(await issuesOf(Object.fromEntries(misspelt.map((line, index) => [index + 1, line])))).toEqual([
      { fix: 'Did you mean "mbconv"?', remedies: [{ action: 'renameAll', from: 'mbconf', to: 'mbconv' }] },
    ]);
  });

  it('collects all issues and tells how many are left', async () => {
    const error = await errorOf(
      broken({
        6: '  mbconv({ kernel: 4, expand: 3 }),',
        10: `  name: '',`,
        14: '    stage({ width: 8, depth: 0, candidates }),',
      }),
    );
    if (!(error instanceof SpaceError)) throw error;
    expect(error.issues.map(issue => issue.place?.line)).toEqual([10, 14, 6]);
    expect(error.message).toMatch(/2 more issues/);
  });

  it('takes unsaved text for the file, which need not exist, and points into it', async () => {
    const file = join(folder, 'unsaved.nas.ts');
    const space = await loadSearchSpace(file, { text: good.join('\n') });
    expect(space.blocks[1].candidates[0].place).toEqual({ file, line: 6, column: 3 });
    expect(space.places).toMatchObject({
      dataset: { file, line: 11, column: 3 },
      targetMs: { file, line: 18, column: 27 },
    });
    const text = broken({ 17: '  head: { width: 0 },' });
    await expect(loadSearchSpace(file, { text })).rejects.toMatchObject({ place: { file, line: 17, column: 11 } });
  });

  it('tells of every mistake of syntax, not only the first', async () => {
    const text = broken({ 2: 'const own = operator("own" ( => {', 18: '  objective: { latency: : },' });
    const error = await loadSearchSpace(join(folder, 'syntax.nas.ts'), { text }).catch(thrown => thrown);
    expect(error).toBeInstanceOf(SpaceError);
    expect((error as SpaceError).issues.map(({ place }) => place?.line)).toContain(2);
    const imports = broken({ 3: "  return require('./nowhere.ts')('./neither.ts');", 4: "}); import './gone.ts';" });
    const missing = await loadSearchSpace(join(folder, 'syntax.nas.ts'), { text: imports }).catch(thrown => thrown);
    expect((missing as SpaceError).issues.map(({ place }) => place?.line)).toEqual([3, 4]);
  });
});
