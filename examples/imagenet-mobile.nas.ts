// The space of the ProxylessNAS paper (arXiv 1812.00332): 21 searched blocks at 224x224, 7^15 x 6^6 networks.
//
// The images lie by class in data/imagenet/train and data/imagenet/test beside this file; any other data set of that
// form works with its own number of classes.
import { addLinear, conv, defineSearchSpace, imageFolder, mbconv, stage, zero } from 'proxyless-studio';

// Kernels 3, 5, 7 with expansion 3 and 6. Zero lets a block vanish where it has a shortcut: depth is searched too.
const candidates = [3, 5, 7].flatMap(kernel => [mbconv({ kernel, expand: 3 }), mbconv({ kernel, expand: 6 })]);
candidates.push(zero());

export default defineSearchSpace({
  name: 'imagenet-mobile',
  dataset: imageFolder('data/imagenet', { classes: 1000 }),
  input: [3, 224, 224],
  augment: { shift: 16, flip: true },

  stem: [conv({ kernel: 3, stride: 2, out: 32 }), mbconv({ kernel: 3, expand: 1, out: 16 })],
  stages: [
    stage({ width: 24, depth: 4, stride: 2, candidates }),
    stage({ width: 40, depth: 4, stride: 2, candidates }),
    stage({ width: 80, depth: 4, stride: 2, candidates }),
    stage({ width: 96, depth: 4, stride: 1, candidates }),
    stage({ width: 192, depth: 4, stride: 2, candidates }),
    stage({ width: 320, depth: 1, stride: 1, candidates }),
  ],
  head: { width: 1280 },

  // For a phone you do not own, by its published table: latency: { targetMs: 80, device: table('mobile_trim.yaml') }
  // (the Pixel 1 of the paper; docs/devices.md).
  // The published pull towards a latency, lambda 0.1. The default, constraint(), meets the target instead.
  objective: { latency: { targetMs: 15, threads: 1 }, loss: addLinear({ lambda: 0.1 }) },

  // The published schedule is the default for image folders: 40 epochs of warm-up, 120 of search.
});
