import { z } from 'zod';
import type { HostLocalOperation, HostLocalWorld } from '../../core/ipam/simulate-host-local.js';
import type { JsonObject } from '../../core/kernel/json.js';

const text = z.string().min(1).max(200);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);

const range = z.strictObject({
  subnet: text,
  rangeStart: text.optional().describe('default the first address after the network’s'),
  rangeEnd: text.optional().describe('default the last one but the broadcast address'),
  gateway: text.optional().describe('never handed out; default the first address after the network’s'),
});

/** How a simulated host-local begins. */
export const hostLocalWorldSchema: z.ZodType<HostLocalWorld> = z.strictObject({
  rangeSets: z.array(z.array(range).min(1).max(100)).min(1).max(100).optional().describe('a container gets one address of each set'),
  config: z
    .record(z.string(), z.json())
    .transform((value): JsonObject => value)
    .optional()
    .describe('a network configuration of CNI with `ipam`, instead of rangeSets'),
  args: z.string().max(1000).default('').describe('the environment CNI_ARGS, such as `IP=10.1.2.3`'),
  reserved: z.array(text).max(100_000).default([]).describe('addresses that are taken from the start'),
  lastReserved: z.array(text).max(100).default([]).describe('the address that was given last, of each family'),
});

/** One step. */
export const hostLocalOperationSchema: z.ZodType<HostLocalOperation> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('allocate'), id: text.describe('the container'), ip: text.optional(), repeat }),
  z.strictObject({ op: z.literal('release'), id: text, repeat }),
  z.strictObject({ op: z.literal('order'), repeat }).describe('the order in which the next request would try addresses'),
]);
