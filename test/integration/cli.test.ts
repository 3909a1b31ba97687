import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

// The built program with its real engine process, as a person meets it.
const program = join(import.meta.dirname, '../../dist/proxyless.js');
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
afterAll(() => rmSync(folder, { recursive: true }));

function proxyless(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function writeSpace(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** A small but complete space over a data set. */
function space(dataset: string, stem = 'conv({ kernel: 3, stride: 2, out: 8 })'): string {
  return `import { cifar10, conv, defineSearchSpace, fashionMnist, imageFolder, mbconv, stage, zero } from 'proxyless-studio';
export default defineSearchSpace({
  name: 'small',
  dataset: ${dataset},
  stem: [${stem}],
  stages: [stage({ width: 8, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 }), zero()] })],
  head: { width: 16 },
  objective: { latency: { targetMs: 1 } },
});
`;
}

/** Expects a refusal as a person should see it: exit code 2, one line that says so, nothing else. */
function expectRefusal({ status, stdout, stderr }: ReturnType<typeof proxyless>, problem: string | RegExp) {
  const lines = stderr.trimEnd().split('\n');
  expect(lines[lines.length - 1]).toMatch(problem);
  expect(lines).toHaveLength(1);
  expect(stdout).toBe('');
  expect(status).toBe(2);
}

describe('proxyless', () => {
  it('refuses a command it does not know', () => {
    expectRefusal(proxyless('seek', 'a.nas.ts'), 'There is no command "seek"');
  });

  it('refuses a file that is not there', () => {
    expectRefusal(proxyless('search', 'none.nas.ts'), /none\.nas\.ts: There is no such file/);
  });

  it('points at a syntax error', () => {
    const file = writeSpace('syntax.nas.ts', "import { conv } from 'proxyless-studio';\nconst stem = [conv(;\n");
    expectRefusal(proxyless('search', file), /syntax\.nas\.ts:2:20: /);
  });

  it('points at the line that throws, in one line', () => {
    const file = writeSpace('throws.nas.ts', "\nthrow new Error('first\\nsecond');\n");
    expectRefusal(proxyless('search', file), /throws\.nas\.ts:2:\d+: .*first second/);
  });

  it('refuses a file without a space', () => {
    expectRefusal(proxyless('profile', writeSpace('none.ts', 'export const a = 1;\n')), 'no default export');
  });

  it('points at an operator that does not exist', () => {
    const file = writeSpace('operator.nas.ts', space('fashionMnist()').replaceAll('zero', 'zeroes'));
    expectRefusal(proxyless('search', file), /operator\.nas\.ts:\d+:\d+: .*"zeroes"/);
  });

  it('refuses data that is not there, before it measures anything', () => {
    const file = writeSpace('data.nas.ts', space("cifar10('no-such-folder')"));
    expectRefusal(proxyless('search', file), 'no-such-folder');
  });

  it('refuses an empty image folder', () => {
    mkdirSync(join(folder, 'images/train'), { recursive: true });
    const text = space("imageFolder('images', { classes: 2 })").replace('stem:', 'input: [3, 32, 32],\n  stem:');
    expectRefusal(proxyless('search', writeSpace('empty.nas.ts', text)), 'images');
  });

  it('refuses a folder that is no run', () => {
    for (const command of ['resume', 'derive', 'train', 'export'])
      expectRefusal(proxyless(command, '.'), 'not the folder of a run');
  });

  it('refuses a model that is not there and a data set it does not know', () => {
    expectRefusal(proxyless('eval', 'none.onnx', '--dataset', 'fashion-mnist'), 'none.onnx');
    const model = writeSpace('text.onnx', 'not a model');
    expectRefusal(proxyless('eval', model, '--dataset', 'clothes'), '"clothes"');
  });

  it('ends with a failure on standard output too when asked for JSON', () => {
    const { status, stdout } = proxyless('search', 'none.nas.ts', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'failure', user: true });
  });

  it('keeps what a file prints off standard output when asked for JSON', () => {
    const file = writeSpace('prints.nas.ts', "console.log('from the file');\nexport default 1;\n");
    const { stdout, stderr } = proxyless('search', file, '--json');
    expect(stderr).toContain('from the file');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'failure' });
  });

  it('leaves nothing running and nothing broken when it is stopped', async () => {
    const file = writeSpace('stopped.nas.ts', "console.log('loading');\nfor (;;);\n");
    const child = spawn(process.execPath, [program, 'search', file], { cwd: folder });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      if (errors === '') child.kill('SIGINT');
      errors += text;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(errors).toContain('Nothing was searched yet');
  });

  it('wrote no log in all of this: none of it was a failure of the program', () => {
    expect(readdirSync(folder)).not.toContain('.nas');
  });
});
