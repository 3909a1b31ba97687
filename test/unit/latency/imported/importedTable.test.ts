import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/base/errors.ts';
import { Random } from '../../../../src/base/random.ts';
import { parseImportedTable, readImportedTable } from '../../../../src/latency/imported/importedTable.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxyless-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const published = 'test/fixtures/published/pixel1_mobile_trim.yaml';
const text = readFileSync(published, 'utf8');

function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.describe();
    throw error;
  }
  return 'nothing wrong';
}

describe('readImportedTable', () => {
  it('reads the published file as it is', () => {
    const table = readImportedTable(published);
    expect(table).toMatchObject({ name: 'pixel1_mobile_trim.yaml', dialect: 'proxyless' });
    expect(table.entries.size).toBe(72);
    expect(table.entries.get('Conv-input:224x224x3-output:112x112x32')).toBe(4.083755600814664);
  });

  it('says in one line that there is no such file', () => {
    expect(problem(() => readImportedTable(join(folder, 'no.yaml')))).toMatch(/no\.yaml: there is no such file/);
    expect(problem(() => readImportedTable(folder))).toMatch(/cannot be read \(EISDIR\)/);
  });

  it('does not read a file that is too large to be a table', () => {
    const file = join(folder, 'large.yaml');
    writeFileSync(file, '#'.repeat(2_000_001));
    expect(problem(() => readImportedTable(file))).toBe(`${file}: 2000001 bytes are too many for a latency table`);
  });
});

describe('parseImportedTable', () => {
  const conv = 'Conv-input:8x8x3-output:4x4x8';
  const block = (end: string) => `expanded_conv-input:4x4x8-output:4x4x8-expand:24-kernel:3-stride:1-idskip:1${end}:\n`;
  const figures = '  count: 2\n  mean: 1.5\n';

  it.each([
    ['', /^t:1:1: .*mapping from operators/],
    ['just text', /^t:1:1: .*mapping from operators/],
    ['- 1\n- 2\n', /^t:1:1: .*mapping from operators/],
    ['{}', /^t:1:1: the file is empty/],
    ['{"format": "proxyless latency table"}', /^t:1:2: "format" is no operator such as/],
    [`${conv}:\n  mean: 1\n  count: [\n`, /^t:\d+:\d+: this is not YAML: /],
    [`${conv}: 5\n`, /^t:1:32: .*needs a number of milliseconds above 0 as "mean"/],
    [`${conv}:\n  count: 2\n  mean: fast\n`, /^t:3:9: "Conv-input:8x8x3-output:4x4x8" needs a number of milliseconds/],
    [`${conv}:\n  count: 2\n  mean: -1\n`, /^t:3:9: /],
    [`${conv}:\n  count: 2\n  mean: .inf\n`, /^t:3:9: /],
    [`${conv}:\n  count: 2\n  mean: '1.5'\n`, /^t:3:9: /],
    [`a: &a 1\n`, /^t:1:1: "a" is no operator/],
    [`${conv}: &one\n${figures}Conv_1-input:1: *one\n`, /^t:4:17: .*needs a number of milliseconds/],
    [`${conv}:\n${figures}${conv}:\n${figures}`, /^t:4:1: .*is there twice/],
    [`${block('')}${figures}${block('-se:0-hs:1')}${figures}`, /^t:1:1: some of its inverted bottlenecks/],
    ['['.repeat(100_000), /^t:1:\d+: this is not/],
    [`${'x'.repeat(1000)}: 1`, /is no operator/],
  ])('refuses %j with its place', (content, message) => {
    const said = problem(() => parseImportedTable(content, 't'));
    expect(said).toMatch(message);
    expect(said.length).toBeLessThan(400);
    expect(said).not.toContain('\n');
  });

  it('expands no aliases of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i}-input:1: &a${i} [${`*a${i - 1}, `.repeat(9)}]`).slice(1);
    expect(problem(() => parseImportedTable(`a0-input:1: &a0 x\n${levels.join('\n')}`, 't'))).toMatch(
      /^t:1:17: "a0-input:1" needs/,
    );
  });

  it('makes names like those of objects entries like any other', () => {
    const { entries } = parseImportedTable(`__proto__-input:1:\n${figures}constructor-input:1:\n${figures}`, 't');
    expect([...entries.keys()]).toEqual(['__proto__-input:1', 'constructor-input:1']);
  });

  it('takes thousands of entries without comparing each with every other', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => `c${i}-input:1: {count: 1, mean: 1}`);
    expect(parseImportedTable(many.join('\n'), 't').entries.size).toBe(30_000);
  });

  it('either gives positive times or one sentence for the person, whatever is done to the file', () => {
    const random = new Random(1, 'damaged tables');
    const pieces = [
      '\n',
      ' ',
      ':',
      '-',
      '&a ',
      '*a',
      '!!binary ',
      '{',
      '[',
      '"',
      '? ',
      '|',
      '>',
      '%',
      '\t',
      '\0',
      '.nan',
      '1e999',
    ];
    const tenEntries = text.split('\n').slice(0, 40).join('\n');
    const refused = Array.from({ length: 400 }, () => {
      let damaged = tenEntries;
      for (let change = random.below(4); change >= 0; change--) {
        const at = random.below(damaged.length);
        const kept = damaged.slice(at + random.below(random.next() < 0.2 ? 400 : 3));
        damaged = damaged.slice(0, at) + pieces[random.below(pieces.length)] + kept;
      }
      let times: number[] = [];
      const said = problem(() => {
        times = [...parseImportedTable(damaged, 't').entries.values()];
      });
      expect(times.every(ms => ms > 0 && Number.isFinite(ms))).toBe(true);
      expect(said).not.toContain('\n');
      return said !== 'nothing wrong';
    });
    // Both kinds come up: damage that is noticed, and damage to a digit or a name, which cannot be.
    expect(new Set(refused).size).toBe(2);
  });
});
