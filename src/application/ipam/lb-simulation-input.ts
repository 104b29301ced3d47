import { z } from 'zod';
import type { LbOperation, LbPoolSpec } from '../../core/ipam/load-balancer-simulation.js';

const text = z.string().min(1).max(500);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

const pool: z.ZodType<LbPoolSpec> = z.strictObject({
  name: text,
  addresses: z.array(text).max(1000).describe('prefixes and ranges `first-last`, in the order in which they are tried'),
  avoidBuggyIPs: z.boolean().default(false).describe('leaves out IPv4 addresses that end in .0 or .255'),
  autoAssign: z.boolean().default(true),
  serviceAllocation: z
    .strictObject({
      priority: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('lower first; 0 comes last'),
      namespaces: z.array(text).max(1000).default([]),
      serviceSelectors: z.array(text).max(100).default([]).describe('as `kubectl -l` takes them; one of them has to fit'),
    })
    .optional(),
});

const pools = z.array(pool).max(1000);

const asker = {
  service: text,
  namespace: z.string().max(253).default('default'),
  labels: z.record(z.string().max(320), z.string().max(63)).default({}),
  ports: z.array(text).max(1000).default([]).describe('`protocol/port`'),
  sharingKey: z.string().max(500).default('').describe('the annotation metallb.io/allow-shared-ip; empty: the address is not shared'),
  backendKey: z.string().max(500).default('').describe('what tells the pods of a service with externalTrafficPolicy Local'),
  repeat,
};

/** The pools that there are. */
export const lbWorldSchema: z.ZodType<{ readonly pools: readonly LbPoolSpec[] }> = z.strictObject({ pools });

/** One step. */
export const lbOperationSchema: z.ZodType<LbOperation> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('assign'), ...asker, ips: z.array(text).min(1).max(2).refine(areDistinct, 'addresses that differ') }),
  z.strictObject({
    op: z.literal('allocate'),
    ...asker,
    families: z
      .array(z.union([z.literal(4), z.literal(6)]))
      .min(1)
      .max(2)
      .refine(areDistinct, 'families that differ')
      .default([4])
      .describe('one address of each'),
    ipFamilyPolicy: z
      .enum(['SingleStack', 'PreferDualStack', 'RequireDualStack'])
      .optional()
      .describe('PreferDualStack: where no pool has both families, one of them; else all `families` or nothing'),
    pool: text.optional().describe('default: those kept for the service, then those for anybody'),
  }),
  z.strictObject({ op: z.enum(['unassign', 'poolOf', 'addressesOf']), service: text, repeat }),
  z
    .strictObject({ op: z.literal('countersOf'), pool: text, repeat })
    .describe('how many addresses of a pool services have, each counted once, and how many are left'),
  z.strictObject({ op: z.literal('setPools'), pools, repeat }).describe('a reload; gives the services that lose their addresses'),
]);
