import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { namedNetwork } from '../../../src/engine/zoo/namedNetwork.ts';
import { macs } from '../../../src/space/analysis.ts';
import { formatShape } from '../../../src/space/signature.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxyless-named-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function problem(text: string): Promise<string> {
  try {
    await namedNetwork(text);
  } catch (error) {
    if (error instanceof UserError) return error.describe();
    throw error;
  }
  return 'nothing wrong';
}

describe('namedNetwork', () => {
  it('builds a network of the zoo', async () => {
    const { name, graph } = await namedNetwork('ResNet-18');
    expect([name, Math.round(macs(graph) / 1e6)]).toEqual(['resnet-18', 1814]);
  });

  it('builds what the ProxylessNAS authors published', async () => {
    const { name, graph } = await namedNetwork('test/fixtures/published/proxyless_cpu.config');
    expect([name, (macs(graph) / 1e6).toFixed(2)]).toEqual(['proxyless_cpu.config', '439.24']);
  });

  it('builds what was derived in a run', async () => {
    const derived = join(folder, 'run', 'derived');
    mkdirSync(derived, { recursive: true });
    copyFileSync('examples/fashion-mnist.nas.ts', join(folder, 'run', 'space.nas.ts'));
    const record = { name: 'clothes', file: join(process.cwd(), 'examples/fashion-mnist.nas.ts'), began: new Date() };
    writeFileSync(join(folder, 'run', 'run.json'), JSON.stringify(record));
    const choices = [0, 10, 10, 0, 10, 0, 10, 0];
    const figures = { names: [], targetMs: 1, predictedMs: 1, measuredMs: 1 };
    writeFileSync(join(derived, 'architecture.json'), JSON.stringify({ choices, ...figures }));
    const { name, graph } = await namedNetwork(join(derived, 'architecture.json'));
    expect(name).toBe('clothes');
    expect([formatShape(graph.input), [...new Set(graph.nodes.map(({ block }) => block))].length]).toEqual([
      '1x28x28',
      4,
    ]);
  });

  it('says what was meant, or where the names are', async () => {
    expect(await problem('resnet18')).toBe('there is no network and no file "resnet18"; did you mean resnet-18?');
    expect(await problem('zzz')).toBe('there is no network and no file "zzz"; proxyless zoo lists the names');
  });

  it('says which files it takes instead of one that it cannot', async () => {
    expect(await problem('README.md')).toMatch(/^README\.md: the architecture is not JSON: give/);
    expect(await problem('package.json')).toMatch(/^package\.json: not an architecture that is known here: give/);
    expect(await problem('src')).toMatch(/^src: the architecture cannot be read \(EISDIR\)/);
  });
});
