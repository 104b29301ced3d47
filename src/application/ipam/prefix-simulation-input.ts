import { z } from 'zod';
import type { PrefixOperation, PrefixWorld } from '../../core/ipam/simulate-prefix.js';

const text = z.string().min(1).max(200);
const vrf = z.string().max(200).nullable().default(null).describe('null: the global one');
const length = z.number().int().min(0).max(128);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);

/** What addresses are taken from. */
export const prefixWorldSchema: z.ZodType<PrefixWorld> = z.strictObject({
  prefix: text.optional(),
  start: text.optional().describe('of a range, instead of a prefix'),
  end: text.optional(),
  isPool: z.boolean().default(false).describe('the network and broadcast addresses are given out too'),
  vrf,
  status: z.enum(['active', 'container']).default('active').describe('a container is used by its children'),
  markUtilized: z.boolean().default(false),
  addresses: z
    .array(z.strictObject({ address: text, vrf }))
    .max(100_000)
    .default([]),
  ranges: z
    .array(
      z.strictObject({
        start: text,
        end: text,
        vrf,
        populated: z.boolean().default(false).describe('its addresses are not given one by one'),
        utilized: z.boolean().default(false).describe('all of it counts as used'),
      }),
    )
    .max(10_000)
    .default([]),
  children: z.array(text).max(10_000).default([]).describe('prefixes inside'),
});

/** One step. */
export const prefixOperationSchema: z.ZodType<PrefixOperation> = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('allocateIp'),
    count: z.coerce.number().int().min(1).max(100_000).default(1),
    prefixLength: length.optional().describe('that the addresses carry; without it they are bare'),
    repeat,
  }),
  z.strictObject({
    op: z.literal('allocatePrefix'),
    items: z
      .array(z.strictObject({ prefixLength: length }))
      .min(1)
      .max(1000),
    repeat,
  }),
  z.strictObject({ op: z.literal('releaseIp'), address: text, repeat }),
  z.strictObject({ op: z.literal('free'), kind: z.enum(['ip', 'prefix']).default('ip'), repeat }),
  z.strictObject({ op: z.literal('utilization'), repeat }),
]);
