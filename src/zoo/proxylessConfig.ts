import { z } from 'zod';
import { UserError } from '../base/errors.ts';
import type { ProxylessArchitecture } from './proxyless.ts';

const channels = z.int().min(1).max(65536);

const convolution = (kernel: number, stride: number) =>
  z.object({
    kernel_size: z.literal(kernel),
    stride: z.literal(stride),
    out_channels: channels,
    act_func: z.literal('relu6'),
  });

const block = z.object({
  mobile_inverted_conv: z.discriminatedUnion('name', [
    z.object({
      name: z.literal('MBInvertedConvLayer'),
      out_channels: channels,
      kernel_size: z.int().min(1).max(63),
      stride: z.int().min(1).max(8),
      expand_ratio: z.number().min(1).max(64),
    }),
    z.object({ name: z.literal('ZeroLayer') }),
  ]),
});

const configSchema = z.object({
  name: z.literal('ProxylessNASNets'),
  first_conv: convolution(3, 2),
  blocks: z.array(block).min(1).max(1000),
  feature_mix_layer: convolution(1, 1),
  classifier: z.object({ out_features: z.literal(1000) }),
});

/** True for what says of itself that it is an architecture of the ProxylessNAS authors. */
export function isProxylessConfig(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'name' in content && content.name === 'ProxylessNASNets';
}

/**
 * Reads an architecture as the ProxylessNAS authors publish theirs (`proxyless_mobile.config`, JSON).
 * @param file for messages
 * @throws UserError naming the first field that does not fit
 */
export function readProxylessConfig(content: unknown, file: string): ProxylessArchitecture {
  const parsed = configSchema.safeParse(content);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new UserError(`not an architecture of ProxylessNAS: "${path.join('.')}" does not fit (${message})`, { file });
  }
  const { first_conv, blocks, feature_mix_layer } = parsed.data;
  return {
    stem: first_conv.out_channels,
    blocks: blocks.map(({ mobile_inverted_conv: layer }) =>
      layer.name === 'ZeroLayer'
        ? null
        : {
            kernel: layer.kernel_size,
            expand: layer.expand_ratio,
            out: layer.out_channels,
            stride: layer.stride,
          },
    ),
    last: feature_mix_layer.out_channels,
  };
}
