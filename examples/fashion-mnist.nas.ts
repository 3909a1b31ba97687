// A small space for Fashion-MNIST (60,000 training images of clothing, 28x28), searched in minutes on a laptop.
// `proxyless search examples/fashion-mnist.nas.ts` finds a network for the processor it runs on.
import { constraint, conv, defineSearchSpace, fashionMnist, mbconv, sepconv, stage, zero } from 'proxyless-studio';

// What every block chooses from: plain convolutions, separable ones, inverted bottlenecks, or nothing at all.
const candidates = [
  conv({ kernel: 1 }),
  conv({ kernel: 3 }),
  sepconv({ kernel: 3 }),
  sepconv({ kernel: 5 }),
  mbconv({ kernel: 3, expand: 1 }),
  mbconv({ kernel: 3, expand: 3 }),
  mbconv({ kernel: 3, expand: 6 }),
  mbconv({ kernel: 5, expand: 1 }),
  mbconv({ kernel: 5, expand: 3 }),
  mbconv({ kernel: 5, expand: 6 }),
  zero(), // only in blocks that keep width and size: the block then vanishes into its shortcut
];

export default defineSearchSpace({
  name: 'fashion-mnist',
  dataset: fashionMnist(),
  augment: { flip: true },

  stem: [conv({ kernel: 3, stride: 2, out: 16 })], // 1x28x28 -> 16x14x14
  stages: [
    stage({ width: 16, depth: 2, stride: 1, candidates }),
    stage({ width: 24, depth: 2, stride: 2, candidates }), // 7x7 from here on
    stage({ width: 40, depth: 2, stride: 1, candidates }),
  ],
  head: { width: 128, dropout: 0.1 },

  // One image, one thread. Type the latency you want; the search meets it.
  objective: { latency: { targetMs: 0.07, threads: 1, batch: 1 }, loss: constraint() },

  schedule: {
    batch: 64,
    // A search of minutes: weights in common are trained by every step, and Zero has to hold its own.
    sharedWeights: true,
    zeroGradient: true,
    warmupEpochs: 1,
    warmupRate: 0.1,
    epochs: 2,
    rate: 0.05,
    weightDecay: 4e-4,
    labelSmoothing: 0.05,
    gateMode: 'two',
    architectureEvery: 2,
    architectureRate: 0.02,
    // The best of every depth are trained for an epoch on their own, two of them to the end, before one is taken.
    finalists: { networks: 8, epochs: 1 },
    // Every network, the derived one and those it is compared with, is trained alike.
    train: { epochs: 3, batch: 64, rate: 0.2, weightDecay: 4e-4, labelSmoothing: 0.05 },
  },
});
