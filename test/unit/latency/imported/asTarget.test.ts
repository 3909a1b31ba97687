import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../../../src/engine/inspect/inspect.ts';
import { LatencyPredictor } from '../../../../src/latency/predictor.ts';
import { choiceCosts, expectedCost } from '../../../../src/search/expectedCost.ts';
import { networkCost } from '../../../../src/space/cost.ts';
import { loadSearchSpace } from '../../../../src/space/load.ts';

const example = resolve('examples/imagenet-mobile.nas.ts');
const pixel1 = resolve('test/fixtures/published/pixel1_mobile_trim.yaml');

/** The example, searched for another device, with changes to its text. */
async function inspectFor(device: string, ...changes: [string, string][]) {
  const text = [
    ['import { addLinear', 'import { table, addLinear'],
    ['targetMs: 15, threads: 1', `targetMs: 80, device: ${device}`],
    ...changes,
  ].reduce(
    (all, [from, to]) => {
      expect(all).toContain(from);
      return all.replace(from, to);
    },
    readFileSync(example, 'utf8'),
  );
  const space = await loadSearchSpace(example, { text });
  return { space, ...(await inspect(space, example, 'no-tables')) };
}

const forPixel1 = `table(${JSON.stringify(pixel1)})`;

describe('the published space, to be searched for a Pixel 1', () => {
  it('has the published latencies, as predicted and not measured', async () => {
    const { view, latencyMs, table, warnings } = await inspectFor(forPixel1);
    expect([latencyMs?.min.toFixed(3), latencyMs?.max.toFixed(3)]).toEqual(['29.609', '191.030']);
    expect(view).toMatchObject({ targetMs: 80, predictedBy: 'pixel1_mobile_trim.yaml', fixedMs: 0 });
    expect(view.device).toBe('table of pixel1_mobile_trim.yaml, not measured');
    expect(table).toBeNull();
    // The images alone are not there.
    expect(warnings.map(({ path }) => path)).toEqual(['dataset']);
  });

  it('is expected by the search to take what was published, at equal probabilities and for one network', async () => {
    const { space, view } = await inspectFor(forPixel1);
    const { cost } = new LatencyPredictor(
      view.blocks.map(({ candidates }) => candidates.map(({ latencyMs }) => latencyMs as number)),
      0,
    );
    const costs = choiceCosts(cost);
    const uniform = costs.choices.map(block => block.map(() => 1 / block.length));
    expect(expectedCost(costs, uniform).toFixed(3)).toBe('113.988');
    const smallKernels = space.blocks.map(({ candidates }) =>
      Math.max(
        0,
        candidates.findIndex(({ name }) => name === 'mbconv 3x3 e3'),
      ),
    );
    expect(networkCost(cost, smallKernels).toFixed(3)).toBe('76.048');
  });

  it('is refused where the table has no entry, by name: nothing is guessed', async () => {
    const { latencyMs, view, warnings } = await inspectFor(
      forPixel1,
      ['width: 320', 'width: 328'],
      ['[3, 5, 7]', '[3, 5, 9]'],
    );
    expect(latencyMs).toBeNull();
    expect(view.blocks[0].candidates[0].latencyMs).toBeNull();
    const issue = warnings.find(({ path }) => path === 'objective.latency.device');
    expect(issue?.message).toMatch(/^The latency table lacks \d+ operators of the space: .*, and \d+ more\.$/);
    expect(issue?.message).toContain(
      'expanded_conv-input:112x112x16-output:56x56x24-expand:3-kernel:9-stride:2-idskip:0',
    );
    expect(issue?.place).toMatchObject({ file: example, line: expect.any(Number) });
  });

  it('is refused where the target is below its fastest network', async () => {
    const { warnings } = await inspectFor(forPixel1, [
      'targetMs: 80, device: table("',
      'targetMs: 29, device: table("',
    ]);
    expect(warnings.map(({ message }) => message).join()).toContain('which takes 29.7 ms');
  });

  it('is refused where there is no such table', async () => {
    const { warnings } = await inspectFor("table('nowhere.yaml')");
    expect(warnings.find(({ path }) => path === 'objective.latency.device')?.message).toMatch(
      /nowhere\.yaml.*there is no such file/i,
    );
  });
});
