// Fashion-MNIST for a small device that is not at hand: no latency is asked for and nothing is measured. Instead the network
// has to fit: into a budget of multiply-adds, of parameters, and of memory for its maps.
// `proxyless search examples/microcontroller.nas.ts`
import { conv, defineSearchSpace, fashionMnist, mbconv, stage, zero } from 'proxyless-studio';

const candidates = [
  mbconv({ kernel: 3, expand: 1 }),
  mbconv({ kernel: 3, expand: 3 }),
  mbconv({ kernel: 3, expand: 6 }),
  mbconv({ kernel: 5, expand: 3 }),
  mbconv({ kernel: 5, expand: 6 }),
  zero(),
];

export default defineSearchSpace({
  name: 'microcontroller',
  dataset: fashionMnist(),
  augment: { flip: true },

  stem: [conv({ kernel: 3, stride: 2, out: 16 })],
  stages: [
    stage({ width: 16, depth: 2, stride: 1, candidates }),
    stage({ width: 24, depth: 3, stride: 2, candidates }),
    stage({ width: 40, depth: 2, stride: 1, candidates }),
  ],
  head: { width: 64, dropout: 0.1 },

  // Limits, not aims: a smaller network that is as accurate is as welcome.
  objective: { budget: { macs: 1.5e6, params: 30e3, peakActivationBytes: 96 * 1024 } },

  schedule: {
    batch: 64,
    sharedWeights: true,
    zeroGradient: true,
    warmupEpochs: 2,
    warmupRate: 0.1,
    epochs: 2,
    rate: 0.05,
    weightDecay: 4e-4,
    labelSmoothing: 0.05,
    architectureEvery: 2,
    architectureRate: 0.02,
    finalists: { networks: 6, epochs: 1 },
    train: { epochs: 4, batch: 64, rate: 0.1, weightDecay: 4e-4, labelSmoothing: 0.05 },
  },
});
