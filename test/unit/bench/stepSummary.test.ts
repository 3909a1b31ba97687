import { describe, expect, it } from 'vitest';
import { reportStep } from '../../bench/stepReport.ts';
import { compare, medianRatio, type SideResult } from '../../bench/stepSummary.ts';

const side = (name: string, weight: number[], archTwo = [10], archFull = [20], peakRssMb = 500): SideResult => ({
  name,
  timings: { weight, archTwo, archFull },
  peakRssMb,
});

const ours = side('ours', [100, 400, 100], [10], [20], 460);
const plain = side('torch plain', [200, 800, 400], [20], [30], 2000);
const tuned = side('torch tuned', [100, 200, 200], [40], [10], 2500);

describe('ratio of two implementations', () => {
  it('is the median of the ratios of neighbours, not the ratio of medians', () => {
    expect(medianRatio([100, 400, 100], [200, 800, 400])).toBe(0.5);
    expect(medianRatio([1, 10], [1, 40])).toBe((1 + 0.25) / 2);
  });

  it('takes the fastest variant for each kind of step by itself', () => {
    expect(compare(ours, [plain, tuned])).toEqual({
      weight: { plain: 0.5, best: 1, bestVariant: 'torch tuned' },
      archTwo: { plain: 0.5, best: 0.5, bestVariant: 'torch plain' },
      archFull: { plain: 20 / 30, best: 2, bestVariant: 'torch tuned' },
    });
  });
});

describe('report of the step benchmark', () => {
  const findings = {
    options: {
      space: 'fashion28' as const,
      weightPaths: 3,
      architectureDraws: 1,
      threads: 2,
      seed: 1,
      againstTorch: true,
    },
    batch: 50,
    description: 'a runtime',
    ours,
    fixedLargestPeakRssMb: 400,
    floorMs: 25,
    bandwidthGbPerS: 29,
    busyCoresOfOthers: 0.02,
  };

  it('has every figure under its name', () => {
    const { figures } = reportStep({ ...findings, torch: '1.13 by python3', others: [plain, tuned] });
    expect(figures).toMatchObject({
      weightStepMs: 100,
      archTwoMs: 10,
      archFullMs: 20,
      imagesPerSecond: 500,
      peakRssMb: 460,
      fixedLargestPeakRssMb: 400,
      floorMs: 25,
      torch: { variants: [{ name: 'torch plain', weightStepMs: 400, peakRssMb: 2000 }, { name: 'torch tuned' }] },
    });
  });

  it('shows the ratios, and the search beside its largest path', () => {
    const { text } = reportStep({ ...findings, torch: '1.13 by python3', others: [plain, tuned] });
    expect(text).toMatch(/^weight step, ms +100 +400 +200 +0\.50 +1\.00$/m);
    expect(text).toMatch(/the search at 1\.15 times that/);
  });

  it('warns that ratios do not count where other programs were running, and only there', () => {
    const quiet = { ...findings, torch: '1.13 by python3', others: [plain, tuned] };
    expect(reportStep(quiet).text).not.toMatch(/quiet machine/i);
    expect(reportStep({ ...quiet, busyCoresOfOthers: 1.3 }).text).toMatch(/other programs kept 1\.3 cores busy/);
  });

  it('says so where PyTorch was asked for and is not there', () => {
    const { text, figures } = reportStep({ ...findings, others: [] });
    expect(text).toMatch(/PyTorch was not found.*PYTHON/);
    expect(text).not.toMatch(/ours \/ plain/);
    expect(JSON.parse(JSON.stringify(figures))).not.toHaveProperty('torch');
  });
});
