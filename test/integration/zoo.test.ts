import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Prediction, ZooResult } from '../../src/protocol/zoo.ts';
import { expectRefusal, resultOf } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pixel1 = resolve('test/fixtures/published/pixel1_mobile_trim.yaml');
const predict = (network: string) =>
  resultOf(folder, 'predict', '--lut', pixel1, '--net', network) as unknown as Prediction;
const zoo = (...args: string[]) => resultOf(folder, 'zoo', ...args) as unknown as ZooResult;

describe('zoo', () => {
  it('lists published networks from the smallest to the largest', () => {
    const { networks, device } = zoo();
    expect(networks).toHaveLength(18);
    expect(networks.map(({ macs }) => macs)).toEqual(networks.map(({ macs }) => macs).sort((a, b) => a - b));
    expect(networks.some(({ measured }) => measured)).toBe(false);
    expect(device).toBeNull();
  });

  it('measures those whose names are asked for', { timeout: 60_000 }, () => {
    const { networks, device } = zoo('--net', 'v3-small', '--measure');
    expect(networks.map(({ name }) => name)).toEqual(['mobilenet-v3-small']);
    expect(networks[0].measured?.ms).toBeGreaterThan(0);
    expect(device).toContain('1 thread');
  });

  it('says when there is none of that name', () => {
    expectRefusal(
      folder,
      ['zoo', '--net', 'resnet18'],
      /no network with "resnet18" in its name; did you mean resnet-18\?/,
    );
  });
});

describe('predict', () => {
  it("gives the published space's range on the published device", () => {
    const { space, ms, missing } = predict(resolve('examples/imagenet-mobile.nas.ts'));
    expect(space && Object.values(space).map(value => value.toFixed(3))).toEqual(['29.609', '191.030', '113.988']);
    expect([ms, missing]).toEqual([null, []]);
  });

  it('names what the table lacks', () => {
    const { ms, parts, missing } = predict('mobilenet-v2-1.0');
    expect(ms).toBeNull();
    expect(parts[0]).toEqual({ block: 'stem', key: 'Conv-input:224x224x3-output:112x112x32', ms: 4.083755600814664 });
    expect(missing).toContain('expanded_conv-input:28x28x32-output:14x14x64-expand:6-kernel:3-stride:2-idskip:0');
  });

  it.each([
    [['--lut', 'none.yaml', '--net', 'resnet-18'], /^none\.yaml: there is no such file/],
    [['--lut', resolve('README.md'), '--net', 'resnet-18'], /README\.md:\d+:\d+: this is not YAML/],
    [['--lut', pixel1, '--net', 'resnet-19'], /no network and no file "resnet-19"; did you mean resnet-18\?/],
  ])('refuses %j in one line', (args, problem) => {
    expectRefusal(folder, ['predict', ...args], problem);
  });
});
