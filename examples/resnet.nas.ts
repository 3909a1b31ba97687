// Residual networks on CIFAR-10: kernel, width inside the block and depth are choices.
// The binary version (data_batch_1.bin ... test_batch.bin) lies in data/cifar-10-batches-bin beside this file.
import { basic, bottleneck, cifar10, conv, defineSearchSpace, stage } from 'proxyless-studio';

// ResNet's blocks carry their own shortcut: the identity, or a 1x1 convolution where width or size changes.
const candidates = [
  basic({ kernel: 3, widthRatio: 0.5 }),
  basic({ kernel: 3, widthRatio: 1 }),
  bottleneck({ kernel: 3, widthRatio: 0.25 }),
  bottleneck({ kernel: 3, widthRatio: 0.5 }),
  bottleneck({ kernel: 5, widthRatio: 0.25 }),
];

export default defineSearchSpace({
  name: 'resnet',
  dataset: cifar10('data/cifar-10-batches-bin'),
  augment: { shift: 4, flip: true },

  stem: [conv({ kernel: 3, out: 32, activation: 'relu' })],
  // One to three blocks a stage: those beyond the first may be left out.
  stages: [
    stage({ width: 32, depth: [1, 3], candidates }),
    stage({ width: 64, depth: [1, 3], stride: 2, candidates }),
    stage({ width: 128, depth: [1, 3], stride: 2, candidates }),
  ],
  head: {}, // pooling and the classifier only

  objective: { latency: { targetMs: 2 } },
});
