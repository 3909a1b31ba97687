// CIFAR-10 with an operator of your own beside the built-in ones.
// The binary version (data_batch_1.bin ... test_batch.bin) lies in data/cifar-10-batches-bin beside this file.
import {
  batchNorm,
  cifar10,
  concat,
  conv,
  defineSearchSpace,
  depthwise,
  type MapTensor,
  mbconv,
  operator,
  pointwise,
  relu6,
  stage,
  zero,
} from 'proxyless-studio';

// A ghost module (Han et al. 2020): half of the channels by a convolution, the other half derived from them by a cheap
// depthwise one. A function from the context to a map is all an operator needs to train, profile and export.
function ghost(input: MapTensor, out: number): MapTensor {
  const half = relu6(batchNorm(pointwise(input, out / 2)));
  return concat(half, relu6(batchNorm(depthwise(half, { kernel: 3 }))));
}

const ghostBottleneck = operator('ghost 3x3 e4', ({ input, out, stride }) => {
  const wide = ghost(input, input.channels * 4);
  const filtered = stride === 1 ? wide : batchNorm(depthwise(wide, { kernel: 3, stride }));
  return batchNorm(pointwise(filtered, out));
});

const candidates = [
  mbconv({ kernel: 3, expand: 3 }),
  mbconv({ kernel: 3, expand: 6 }),
  mbconv({ kernel: 5, expand: 6, activation: 'hswish', squeezeExcite: true }),
  ghostBottleneck,
  zero(),
];

export default defineSearchSpace({
  name: 'cifar10',
  dataset: cifar10('data/cifar-10-batches-bin'),
  augment: { shift: 4, flip: true, cutout: 8 },

  stem: [conv({ kernel: 3, out: 32 })],
  stages: [
    stage({ width: 24, depth: 3, candidates }),
    stage({ width: 40, depth: 4, stride: 2, candidates }),
    stage({ width: 80, depth: 4, stride: 2, candidates }),
    stage({ width: 96, depth: 4, candidates }),
  ],
  head: { width: 320, dropout: 0.1 },

  objective: { latency: { targetMs: 2 } },
});
