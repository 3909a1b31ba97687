import type { Attributes, ForwardOp, Graph, GraphNode, ValueId, ValueType } from '../../src/graph/types.ts';

/**
 * Forward operators in double precision, written as their definitions read and independent of the lowerings: what
 * gradients are held against, by central differences.
 */

export type Values = Float64Array;
type Evaluate<O extends ForwardOp> = (
  inputs: Values[],
  types: ValueType[],
  attributes: Attributes[O],
  out: ValueType[],
) => Values[];

const at = ([, c, h, w]: readonly number[], n: number, channel: number, y: number, x: number) =>
  ((n * c + channel) * h + y) * w + x;
const each =
  (f: (x: number) => number) =>
  ([x]: Values[]): Values[] => [x.map(f)];
const clip = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

function convolve(
  [x, w, bias]: Values[],
  [xt, wt]: ValueType[],
  a: Attributes['conv2d'],
  [out]: ValueType[],
): Values[] {
  const [n, o, oh, ow] = out.dims;
  const [, i, k] = wt.dims;
  const y = new Float64Array(n * o * oh * ow);
  for (let image = 0; image < n; image++)
    for (let oc = 0; oc < o; oc++)
      for (let r = 0; r < oh; r++)
        for (let c = 0; c < ow; c++) {
          let sum = bias ? bias[oc] : 0;
          const group = Math.floor(oc / (o / a.groups));
          for (let ic = 0; ic < i; ic++)
            for (let kr = 0; kr < k; kr++)
              for (let kc = 0; kc < k; kc++) {
                const row = r * a.stride + kr * a.dilation - a.pad;
                const column = c * a.stride + kc * a.dilation - a.pad;
                if (row < 0 || column < 0 || row >= xt.dims[2] || column >= xt.dims[3]) continue;
                sum += x[at(xt.dims, image, group * i + ic, row, column)] * w[((oc * i + ic) * k + kr) * k + kc];
              }
          y[at(out.dims, image, oc, r, c)] = sum;
        }
  return [y];
}

/** Calls back with each element's channel. */
function byChannel({ dims: [n, c, h, w] }: ValueType, visit: (channel: number, index: number) => void): void {
  for (let i = 0; i < n * c * h * w; i++) visit(Math.floor(i / (h * w)) % c, i);
}

function statistics(x: Values, type: ValueType): [Values, Values] {
  const [n, c, h, w] = type.dims;
  const mean = new Float64Array(c);
  const variance = new Float64Array(c);
  byChannel(type, (channel, i) => {
    mean[channel] += x[i] / (n * h * w);
  });
  byChannel(type, (channel, i) => {
    variance[channel] += (x[i] - mean[channel]) ** 2 / (n * h * w);
  });
  return [mean, variance];
}

function norm([x, gamma, beta]: Values[], type: ValueType, eps: number): Values[] {
  const [mean, variance] = statistics(x, type);
  const y = new Float64Array(x.length);
  byChannel(type, (c, i) => {
    y[i] = (gamma[c] * (x[i] - mean[c])) / Math.sqrt(variance[c] + eps) + beta[c];
  });
  return [y, mean, variance];
}

function pool(max: boolean) {
  return (
    [x]: Values[],
    [type]: ValueType[],
    { kernel, stride, pad }: Attributes['maxPool'],
    [out]: ValueType[],
  ): Values[] => {
    const [n, c, oh, ow] = out.dims;
    const y = new Float64Array(n * c * oh * ow);
    for (let image = 0; image < n; image++)
      for (let channel = 0; channel < c; channel++)
        for (let r = 0; r < oh; r++)
          for (let q = 0; q < ow; q++) {
            const seen: number[] = [];
            for (let i = 0; i < kernel; i++)
              for (let j = 0; j < kernel; j++) {
                const [row, column] = [r * stride + i - pad, q * stride + j - pad];
                if (row >= 0 && column >= 0 && row < type.dims[2] && column < type.dims[3])
                  seen.push(x[at(type.dims, image, channel, row, column)]);
              }
            const total = seen.reduce((sum, value) => sum + value, 0);
            y[at(out.dims, image, channel, r, q)] = max ? Math.max(...seen) : total / seen.length;
          }
    return [y];
  };
}

const plain = { stride: 1, dilation: 1, groups: 1, pad: 0 };

const evaluators: { [O in ForwardOp]: Evaluate<O> } = {
  conv2d: convolve,
  batchNorm: (inputs, [type], { eps }) => norm(inputs, type, eps),
  // By definition the statistics are those of x: taken anew, so that differences see how they move with x.
  normalize: (inputs, [type], { eps }) => [norm(inputs, type, eps)[0]],
  pointwiseBatchNorm: ([x, w, ...rest], types, { eps }, [out]) =>
    norm([...convolve([x, w], types, plain, [out]), ...rest], out, eps),
  pointwiseNormalize: ([x, w, ...rest], types, { eps }, [out]) => [
    norm([...convolve([x, w], types, plain, [out]), ...rest], out, eps)[0],
  ],
  relu: each(x => Math.max(0, x)),
  relu6: each(x => clip(x, 0, 6)),
  hswish: each(x => (x * clip(x + 3, 0, 6)) / 6),
  hsigmoid: each(x => clip(x + 3, 0, 6) / 6),
  sigmoid: each(x => 1 / (1 + Math.exp(-x))),
  add: ([a, b]) => [a.map((x, i) => x + b[i])],
  multiply: ([a, b]) => [a.map((x, i) => x * b[i])],
  scaleChannels: ([x, s], [{ dims }]) => [x.map((value, i) => value * s[Math.floor(i / (dims[2] * dims[3]))])],
  concat: (inputs, types, _, [out]) => {
    const y = new Float64Array(out.dims.reduce((p, d) => p * d, 1));
    let from = 0;
    inputs.forEach((x, k) => {
      const [n, c, h, w] = types[k].dims;
      for (let image = 0; image < n; image++)
        y.set(x.subarray(image * c * h * w, (image + 1) * c * h * w), (image * out.dims[1] + from) * h * w);
      from += c;
    });
    return [y];
  },
  sliceChannels: (
    [x],
    [
      {
        dims: [n, c, h, w],
      },
    ],
    { from, to },
  ) => {
    const parts = Array.from({ length: n }, (_, image) => [
      ...x.subarray((image * c + from) * h * w, (image * c + to) * h * w),
    ]);
    return [Float64Array.from(parts.flat())];
  },
  maxPool: pool(true),
  avgPool: pool(false),
  shift: ([x], [{ dims }], { down, right }) => {
    const [n, c, h, w] = dims;
    const y = new Float64Array(x.length);
    for (let image = 0; image < n; image++)
      for (let channel = 0; channel < c; channel++)
        for (let row = Math.max(0, down); row < Math.min(h, h + down); row++)
          for (let column = Math.max(0, right); column < Math.min(w, w + right); column++)
            y[at(dims, image, channel, row, column)] = x[at(dims, image, channel, row - down, column - right)];
    return [y];
  },
  sumSpatial: ([x], [{ dims }], { scale }) => {
    const y = new Float64Array(dims[0] * dims[1]);
    x.forEach((value, i) => {
      y[Math.floor(i / (dims[2] * dims[3]))] += value * scale;
    });
    return [y];
  },
  broadcastSpatial: ([x], _, { height, width, scale }) => [
    Float64Array.from({ length: x.length * height * width }, (__, i) => x[Math.floor(i / (height * width))] * scale),
  ],
  softmaxCrossEntropy: (
    [logits, targets],
    [
      {
        dims: [n, k],
      },
    ],
  ) => {
    const probabilities = new Float64Array(n * k);
    let loss = 0;
    for (let image = 0; image < n; image++) {
      const row = logits.subarray(image * k, (image + 1) * k);
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      row.forEach((value, c) => {
        probabilities[image * k + c] = Math.exp(value) / total;
        loss -= (targets[image * k + c] * Math.log(Math.exp(value) / total)) / n;
      });
    }
    return [Float64Array.of(loss), probabilities];
  },
};

/** Runs a graph of forward operators; results by output name, maps in `[N, C, H, W]` order. */
export function evaluate(graph: Graph, inputs: Record<string, ArrayLike<number>>): Record<string, Values> {
  const values = new Map<ValueId, Values>();
  for (const { name, value } of graph.inputs) values.set(value, Float64Array.from(inputs[name]));
  for (const node of graph.nodes as GraphNode<ForwardOp>[]) {
    const run = evaluators[node.op] as Evaluate<ForwardOp>;
    const results = run(
      node.inputs.map(id => values.get(id) as Values),
      node.inputs.map(id => graph.values[id]),
      node.attributes as never,
      node.outputs.map(id => graph.values[id]),
    );
    node.outputs.forEach((id, i) => {
      values.set(id, results[i]);
    });
  }
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, values.get(value) as Values]));
}
