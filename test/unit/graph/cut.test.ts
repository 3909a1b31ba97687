import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { cutAtPasses } from '../../../src/graph/cut/cut.ts';
import { differentiate } from '../../../src/graph/gradients/differentiate.ts';
import { array, map, type ValueId } from '../../../src/graph/types.ts';

const eps = 1e-3;
const still = { stride: 1, dilation: 1, groups: 1, pad: 0 };

/** Batch norm, an activation and a 1x1 convolution, and the gradients by their inputs. */
function graphOf(activation: 'relu6' | 'sigmoid', also: (g: GraphBuilder, y: ValueId) => ValueId[] = () => []) {
  const g = new GraphBuilder();
  const x = g.input('x', map(16, 8, 4, 4));
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(name => g.input(name, array(8)));
  const w = g.input('w', array(4, 8, 1, 1));
  const y = g.add(activation, [g.add('normalize', [x, gamma, beta, mean, variance], { eps })], {});
  const out = g.add('conv2d', [y, w], still);
  const wrt = [x, gamma, w];
  const gradients = differentiate(g, { value: out, gradient: g.input('dy', map(16, 4, 4, 4)) }, wrt) as ValueId[];
  return g.finish([...gradients, ...also(g, y)].map((value, i) => ({ name: `d${i}`, value })));
}
const stagesOf = (graph: ReturnType<typeof graphOf>) =>
  cutAtPasses(graph, () => true)?.stages.map(stage => ('pass' in stage ? stage.pass : stage.nodes.map(({ op }) => op)));

describe('cutAtPasses', () => {
  it('takes the gradient of an activation together with that of the norm before it', () => {
    expect(stagesOf(graphOf('relu6'))).toEqual([
      ['normalize', 'relu6', 'conv2dInputGrad', 'conv2dWeightGrad'],
      { op: 'normGrad', activation: 'relu6', eps },
      ['scaleByChannel'],
    ]);
  });

  it('leaves other activations to the graph, and the norm alone to a pass', () => {
    expect(stagesOf(graphOf('sigmoid'))).toEqual([
      ['normalize', 'sigmoid', 'conv2dInputGrad', 'conv2dWeightGrad', 'sigmoidGrad'],
      { op: 'normGrad', activation: undefined, eps },
      ['scaleByChannel'],
    ]);
  });

  it('does not take an activation behind another norm for the one before', () => {
    const graph = graphOf('relu6');
    const nodes = graph.nodes.map(node => (node.op === 'batchNormGrad' ? { ...node, attributes: { eps: 1 } } : node));
    const passes = stagesOf({ ...graph, nodes })?.filter(stage => !Array.isArray(stage));
    expect(passes).toEqual([
      { op: 'activationGrad', activation: 'relu6', products: false },
      { op: 'normGrad', activation: undefined, eps: 1 },
    ]);
  });

  it('passes what goes from piece to piece by names, and inputs by their own', () => {
    const cut = cutAtPasses(graphOf('relu6'), () => true);
    const [first, pass, last] = cut?.stages ?? [];
    if (!cut || !first || !('nodes' in first) || !pass || !('pass' in pass) || !last || !('nodes' in last))
      throw new Error('not in three pieces');
    expect(pass.inputs.slice(0, 5)).toEqual(['x', 'gamma', 'beta', 'mean', 'variance']);
    expect(first.outputs.map(({ name }) => name)).toContain(pass.inputs[5]);
    expect(last.inputs.map(({ name }) => name)).toEqual(pass.outputs.slice(0, 2));
    expect(cut.outputs.map(({ name }) => name)).toEqual(['d0', 'd1', 'd2']);
    expect(cut.outputs[1].from).toBe(pass.outputs[2]);
  });

  it.each([
    { wanted: 'the input', products: true, node: ['pointwiseNormInputGrad', 9], taken: [0, 1, 2] },
    { wanted: 'the weights', products: false, node: ['pointwiseBatchNormGrad', 7], taken: [0, 1] },
  ])('gives the sums of a gradient to the widening convolution before it, by $wanted', test => {
    const g = new GraphBuilder();
    const x = g.input('x', map(16, 4, 4, 4));
    const w = g.input('w', array(8, 4, 1, 1));
    const vectors = ['gamma', 'beta', 'mean', 'variance'].map(name => g.input(name, array(8)));
    const y = g.add('relu6', [g.add('pointwiseNormalize', [x, w, ...vectors], { eps })], {});
    const wrt = test.products ? [x] : [w];
    const [dx] = differentiate(g, { value: y, gradient: g.input('dy', map(16, 8, 4, 4)) }, wrt) as ValueId[];
    const cut = cutAtPasses(g.finish([{ name: 'dx', value: dx }]), () => true);
    const [forward, pass, last] = cut?.stages ?? [];
    if (!forward || !('nodes' in forward) || !pass || !('pass' in pass) || !last || !('nodes' in last))
      throw new Error('not in three pieces');
    expect(pass.pass).toEqual({ op: 'activationGrad', activation: 'relu6', products: test.products });
    expect(last.nodes.map(({ op, inputs }) => [op, inputs.length])).toEqual([test.node]);
    const given = last.inputs.map(({ name }) => name);
    expect(given).toEqual(expect.arrayContaining(test.taken.map(i => pass.outputs[i])));
  });

  it('runs what only a later piece reads in that piece', () => {
    const graph = graphOf('relu6');
    const alone = cutAtPasses({ ...graph, outputs: graph.outputs.slice(0, 1) }, () => true);
    const early = alone?.stages[0];
    expect(early && 'nodes' in early && early.nodes.map(({ op }) => op)).not.toContain('scaleByChannel');
  });

  it('has nothing to cut where no map is for passes', () => {
    expect(cutAtPasses(graphOf('relu6'), () => false)).toBeUndefined();
  });
});
