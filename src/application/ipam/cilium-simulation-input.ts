import { z } from 'zod';
import type { CiliumPoolOperation } from '../../core/ipam/simulate-cilium-pools.js';

const text = z.string().min(1).max(500);
const count = z.coerce.number().int().min(0).max(1_000_000_000);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);
const cidrs = z.array(text).max(10_000).default([]);

/** As Cilium has it (`pkg/ipam/multipool.go`, pendingAllocationTTL). */
const FIVE_MINUTES = 300;

/** The operator begins without pools, and nobody waits. */
export const ciliumWorldSchema = z
  .strictObject({
    pendingTtlSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(FIVE_MINUTES)
      .describe('after so many seconds nobody waits any more who has not asked again'),
  })
  .default({ pendingTtlSeconds: FIVE_MINUTES });

const family = z.coerce.number().pipe(z.union([z.literal(4), z.literal(6)]));

/** One step. */
export const ciliumOperationSchema: z.ZodType<CiliumPoolOperation> = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('upsertPool'),
    name: text,
    cidrs,
    maskSize4: z.coerce.number().int().min(0).max(32).optional().describe('prefix length of what a node gets'),
    maskSize6: z.coerce.number().int().min(0).max(128).optional(),
    reserved: cidrs.describe('addresses, prefixes and ranges `first-last` of which no node gets anything'),
    allowFirst: z.boolean().default(false).describe('pods may have the first address of a prefix'),
    allowLast: z.boolean().default(false),
    repeat,
  }),
  z.strictObject({ op: z.literal('deletePool'), name: text, repeat }),
  z.strictObject({ op: z.literal('poolHas'), name: text, cidr: text, repeat }),
  z.strictObject({ op: z.literal('restoreFinished'), repeat }).describe('before it, nothing is given: nodes say what they have'),
  z.strictObject({
    op: z.literal('allocateToNode'),
    node: text,
    requested: z
      .array(z.strictObject({ pool: text, ipv4: count.default(0), ipv6: count.default(0) }))
      .max(1000)
      .default([]),
    allocated: z
      .array(z.strictObject({ pool: text, cidrs }))
      .max(1000)
      .default([])
      .describe('what the node says it has'),
    repeat,
  }),
  z.strictObject({ op: z.enum(['allocated', 'releaseNode']), node: text, repeat }),
  z.strictObject({ op: z.literal('demand'), inUse: count, preAlloc: count, repeat }).describe('the addresses a node asks for'),
  z
    .strictObject({ op: z.enum(['want', 'satisfied']), pool: text, owner: text, family, repeat })
    .describe('an owner waits for an address of an empty pool, or has got it'),
  z.strictObject({ op: z.literal('pending'), pool: text, family, repeat }).describe('how many wait'),
  z.strictObject({ op: z.literal('elapse'), seconds: count, repeat }),
]);
