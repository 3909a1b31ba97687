/**
 * The module `proxyless-studio`: what a search-space file (`*.nas.ts`) imports.
 *
 * A file exports `defineSearchSpace({ ... })` by default. Its operators, built-in or your own, are functions over the
 * primitives; everything made of primitives trains, profiles and exports.
 */
export {
  cifar10,
  cifar100,
  type Dataset,
  type FileOptions,
  fashionMnist,
  idx,
  imageFolder,
  mnist,
  npy,
} from './datasets.ts';
export { defineSearchSpace } from './define.ts';
export {
  type HeadDefinition,
  type ObjectiveDefinition,
  type ScheduleDefinition,
  type SearchSpaceDefinition,
  type StageDefinition,
  stage,
} from './definition.ts';
export { browser, cpu, type DeviceDefinition, type DeviceOptions, type Precision, ssh, table } from './devices.ts';
export { type CustomOptions, type Operator, type OperatorBuild, type OperatorContext, operator } from './operator.ts';
export {
  type Activation,
  basic,
  bottleneck,
  type ConvOptions,
  conv,
  identity,
  type MbconvOptions,
  mbconv,
  type ResidualOptions,
  sepconv,
  zero,
} from './operators.ts';
export {
  add,
  avgPool,
  batchNorm,
  type ConvolutionOptions,
  concat,
  conv2d,
  depthwise,
  dropout,
  globalAvgPool,
  hsigmoid,
  hswish,
  linear,
  maxPool,
  multiply,
  pointwise,
  relu,
  relu6,
  shift,
  sigmoid,
  squeezeExcite,
  swish,
} from './primitives.ts';
export { addLinear, constraint, mulLog } from './schedules.ts';
export type { SearchSpace } from './searchSpace.ts';
export type { MapTensor } from './trace.ts';
