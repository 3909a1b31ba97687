import { describe, expect, it } from 'vitest';
import { acrossText } from '../../../src/cli/acrossText.ts';
import { compareDevices, type PricedDevice } from '../../../src/engine/across/compareDevices.ts';
import { LatencyPredictor } from '../../../src/latency/predictor.ts';
import { tinySpace } from '../engine/tinySpace.ts';

const cpu: PricedDevice = {
  device: { target: 'cpu', precision: 'fp32' },
  description: 'a processor',
  predictor: new LatencyPredictor([[0.5], [1, 3, 0], [2, 5], [1.5, 4, 0], [0.5]], 1),
};
const browser: PricedDevice = {
  device: { target: 'browser', precision: 'fp32' },
  description: 'a browser',
  predictor: new LatencyPredictor([[5], [30, 10, 0], [50, 20], [40, 15, 0], [5]], 1),
};
const alphas = [
  [1, 0.9, 0],
  [1, 0.9],
  [1, 0.9, 0],
];
const compared = compareDevices(tinySpace(), cpu, [browser], { targetMs: 8.5, alphas });

describe('acrossText', () => {
  it('tells targets, what is chosen, what that takes elsewhere, and where they disagree', () => {
    const absent = [{ name: 'webgpu', reason: 'none is there' }];
    const text = acrossText({ ...compared, absent, saved: 'run/devices.json' });
    expect(text).toMatch(
      /^\| device {2}\| target .*\n.*\n\| cpu {5}\| 8\.50 ms \| 4\.00 ms +\| 14\.0 ms \| a processor \|$/m,
    );
    expect(text).toMatch(/% of 10,000 random networks are within the target on cpu; elsewhere/);
    expect(text).toMatch(/\(Kendall tau\): cpu and browser -?0\.\d{3}\./);
    expect(text).toMatch(/^\| cpu +\| [\d.]+ ms +\| [\d.]+ ms \(over\) \|$/m);
    expect(text).toMatch(/^\| stage\d\.block\d \| mbconv \S+ \S+ *\| \d\.\d\d \| \d\.\d\d {4}\| \d\.\d\dx \|$/m);
    expect(text).toContain('Left out: webgpu, because none is there');
    expect(text).toMatch(/Saved: run\/devices\.json$/);
  });

  it('invents no choice for a space that was not searched', () => {
    const { chosen, ...rest } = compared;
    expect(chosen).toHaveLength(2);
    const text = acrossText({ ...rest, chosen: [], absent: [], saved: null });
    expect(text).not.toMatch(/probable|network for|Saved|Left out/);
  });
});
