import { describe, expect, it } from 'vitest';
import { Throughput } from '../../../src/engine/control/throughput.ts';

function fixture() {
  const time = { ms: 0 };
  const throughput = new Throughput(() => time.ms);
  const add = (ms: number, images: number) => {
    time.ms = ms;
    throughput.add(images);
  };
  return { time, throughput, add };
}

describe('Throughput', () => {
  it('is what is done a second', () => {
    const { throughput, add } = fixture();
    for (let ms = 0; ms <= 4000; ms += 200) add(ms, 64);
    expect(throughput.perSecond()).toBeCloseTo(320, 9);
  });

  it('follows the last seconds alone', () => {
    const { throughput, add } = fixture();
    for (let ms = 0; ms < 20_000; ms += 100) add(ms, 64);
    for (let ms = 20_000; ms <= 30_000; ms += 1000) add(ms, 64);
    expect(throughput.perSecond()).toBeCloseTo(64, 9);
  });

  it('is unknown before there is a pace, and when nothing is done any more', () => {
    const { throughput, add, time } = fixture();
    expect(throughput.perSecond()).toBeNull();
    add(0, 64);
    expect(throughput.perSecond()).toBeNull();
    add(100, 64);
    expect(throughput.perSecond()).not.toBeNull();
    time.ms = 60_000;
    expect(throughput.perSecond()).toBeNull();
  });
});
