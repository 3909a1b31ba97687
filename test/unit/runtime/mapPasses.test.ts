import { describe, expect, it } from 'vitest';
import type { MapLanes } from '../../../src/graph/onnx/rule.ts';
import { allocate, release } from '../../../src/runtime/memory.ts';
import { runPass } from '../../../src/runtime/passes/gradientPasses.ts';
import { fitsPasses, MapPasses } from '../../../src/runtime/passes/mapPasses.ts';

const [IMAGES, EPS] = [32, 1e-3];

/** Lanes of images: channels outermost. */
const images = (channels: number, places: number, lanes: number): MapLanes => {
  const alike = IMAGES / lanes;
  return { channels, lanes, places, segments: channels * alike, alike, sets: channels, perSet: 1 };
};
/** Lanes of channels: images outermost, and lanes without a channel. */
const channels = (count: number, places: number, lanes: number): MapLanes => {
  const sets = Math.ceil(count / lanes);
  return { channels: count, lanes, places, segments: IMAGES * sets, alike: 1, sets, perSet: 'lanes' };
};

/** For each number of a map in memory the channel it belongs to; undefined where there is none. */
function channelOf({ lanes, places, alike, sets, perSet, channels: count }: MapLanes, at: number): number | undefined {
  const set = Math.floor(at / (places * lanes * alike)) % sets;
  const channel = perSet === 1 ? set : set * lanes + (at % lanes);
  return channel < count ? channel : undefined;
}

const cases = [
  { name: 'images in 16 lanes', lanes: images(5, 9, 16), where: 'shared', threads: 1 },
  { name: 'images in 8 lanes', lanes: images(3, 7, 8), where: 'shared', threads: 1 },
  { name: 'channels in 16 lanes, some missing', lanes: channels(20, 9, 16), where: 'shared', threads: 1 },
  { name: 'channels in 8 lanes', lanes: channels(16, 5, 8), where: 'shared', threads: 1 },
  { name: 'images, of arrays from elsewhere', lanes: images(5, 9, 16), where: 'elsewhere', threads: 1 },
  {
    name: 'channels, in lots of what there is room for',
    lanes: channels(20, 1024, 16),
    where: 'elsewhere',
    threads: 1,
  },
  { name: 'images, on two threads', lanes: images(40, 2100, 16), where: 'shared', threads: 2 },
  { name: 'channels, on three threads', lanes: channels(100, 800, 16), where: 'shared', threads: 3 },
] as const;

describe.each(cases)('passes over $name', ({ lanes, where, threads }) => {
  const passes = new MapPasses(threads);
  const length = lanes.segments * lanes.places * lanes.lanes;
  /** Numbers of a map, 0 where no channel is. */
  const map = (value: (at: number) => number) => {
    // Small ones too: a map is what is allocated for a larger one.
    const values =
      where === 'shared' ? allocate(Math.max(length, 20_000)).subarray(0, length) : new Float32Array(length);
    for (let at = 0; at < length; at++) values[at] = channelOf(lanes, at) === undefined ? 0 : value(at);
    return values;
  };
  const x = map(at => Math.sin(at * 1.7) * 5 + 1);
  const dy = map(at => Math.cos(at * 2.3) + 0.3 + 0.2 * Math.sin(at * 1.7));
  const vector = (value: (channel: number) => number) =>
    Float32Array.from({ length: lanes.channels }, (_, channel) => value(channel));
  // A factor of either sign, and none.
  const gamma = vector(channel => [1.3, -0.7, 0][channel % 3]);
  const beta = vector(channel => 0.5 + (channel % 4));
  const sumsOf = (value: (at: number, channel: number) => number) => {
    const sums = new Float64Array(lanes.channels);
    for (let at = 0; at < length; at++) {
      const channel = channelOf(lanes, at);
      if (channel !== undefined) sums[channel] += value(at, channel);
    }
    return sums;
  };
  const perChannel = length / (lanes.segments / lanes.sets) / (lanes.sets * lanes.places);
  const count = (length / lanes.sets) * (lanes.perSet === 1 ? 1 : 1 / perChannel);
  const mean = Float32Array.from(
    sumsOf(at => x[at]),
    sum => sum / count,
  );
  const variance = Float32Array.from(
    sumsOf((at, c) => (x[at] - mean[c]) ** 2),
    sum => sum / count,
  );

  const slope = {
    none: () => 1,
    relu: (u: number) => (u > 0 ? 1 : 0),
    relu6: (u: number) => (u > 0 && u < 6 ? 1 : 0),
    hswish: (u: number) => (u <= -3 ? 0 : u >= 3 ? 1 : (2 * u + 3) / 6),
  };
  const close = (actual: ArrayLike<number>, expected: (i: number) => number, what: string) => {
    let [size, worst] = [0, 0];
    for (let i = 0; i < actual.length; i++) {
      size = Math.max(size, Math.abs(expected(i)));
      worst = Math.max(worst, Math.abs(actual[i] - expected(i)));
    }
    expect(worst / size, what).toBeLessThan(3e-5);
  };

  it.each(['relu', 'relu6', 'hswish'] as const)('take the gradient of %s, and its sums', activation => {
    const expected = Float64Array.from(x, (value, at) => slope[activation](value) * dy[at]);
    const run = (products: boolean) =>
      runPass(passes, { op: 'activationGrad', activation, products }, lanes, [x, dy], 'new') as Float32Array[];
    const [dx, sum, ...none] = run(false);
    const [same, alike, product] = run(true);
    close(dx, at => expected[at], 'dx');
    const sums = sumsOf(at => expected[at]);
    close(sum, channel => sums[channel], 'sum');
    const products = sumsOf(at => expected[at] * x[at]);
    close(product, channel => products[channel], 'products');
    expect(none).toEqual([]);
    expect([same, alike]).toEqual([dx, sum]);
    release(dx);
    release(same);
  });

  it.each([undefined, 'relu', 'relu6', 'hswish'] as const)('take the gradient of batch norm behind %s', activation => {
    const inverse = variance.map(value => 1 / Math.sqrt(value + EPS));
    const normal = (at: number, c: number) => (x[at] - mean[c]) * inverse[c];
    const behind = (at: number, c: number) => slope[activation ?? 'none'](gamma[c] * normal(at, c) + beta[c]) * dy[at];
    const dbeta = sumsOf(behind);
    const dgamma = sumsOf((at, c) => behind(at, c) * normal(at, c));
    const gradient = dy.slice();
    const given = [x, gamma, beta, mean, variance, gradient];
    const pass = { op: 'normGrad', activation, eps: EPS } as const;
    const [none, ...vectors] = runPass(passes, pass, lanes, given, 'none');
    expect(none).toBeUndefined();
    const [d, scale, ...rest] = runPass(passes, pass, lanes, given, 'inPlace') as Float32Array[];
    expect(d).toBe(gradient);
    expect(vectors).toEqual([scale, ...rest]);
    close(scale, c => gamma[c] * inverse[c], 'scale');
    close(rest[0], c => dgamma[c], 'dgamma');
    close(rest[1], c => dbeta[c], 'dbeta');
    close(
      d,
      at => {
        const c = channelOf(lanes, at);
        return c === undefined ? 0 : behind(at, c) - dbeta[c] / count - (normal(at, c) * dgamma[c]) / count;
      },
      'd',
    );
  });
});

describe('a pass', () => {
  it('says so where there is no room for a single plane of an array from elsewhere', () => {
    const lanes = images(1, 2 ** 20, 16);
    const far = new Float32Array(lanes.segments * lanes.places * lanes.lanes);
    const run = () => new MapPasses(1).run('dot', lanes, [far, far.slice()]);
    expect(run).toThrow('no room for a plane');
    expect([fitsPasses(lanes), fitsPasses(images(1, 50_176, 16)), fitsPasses(images(5000, 1, 16))]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
