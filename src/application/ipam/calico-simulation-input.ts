import { z } from 'zod';
import type {
  CalicoBlockOperation,
  CalicoBlockWorld,
  CalicoOperation,
  CalicoPoolSpec,
  CalicoWorld,
} from '../../core/ipam/calico-simulation.js';

const text = z.string().min(1).max(500);
const count = z.coerce.number().int().min(0).max(200_000);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);
const labels = z.record(z.string().max(320), z.string().max(63));
const cidrs = z.array(text).max(1000).default([]);
const use = z.enum(['Workload', 'Tunnel', 'LoadBalancer']);
const sequence = z.coerce.string().max(40).describe('decimal text');
const kept = z.coerce.number().int().min(0).max(4096).optional();
const decimal = (description: string) => count.default(0).describe(description);

const pool: z.ZodType<CalicoPoolSpec> = z.strictObject({
  cidr: text,
  blockSize: z.coerce.number().int().min(0).max(128).optional().describe('prefix length of blocks; default 26 and 122'),
  enabled: z.boolean().default(true),
  nodeSelector: z.string().max(1024).default('').describe('Calico’s selector language; empty selects all'),
  namespaceSelector: z.string().max(1024).default(''),
  assignmentMode: z.enum(['Automatic', 'Manual']).default('Automatic'),
  allowedUses: z.array(use).max(3).default([]).describe('none: Workload and Tunnel'),
});

const config = z.strictObject({
  strictAffinity: z.boolean().default(false),
  autoAllocateBlocks: z.boolean().default(true),
  maxBlocksPerHost: decimal('0: not set, which is 20; needs strictAffinity'),
  cooldownSeconds: decimal('how long a released address waits before it is given again').pipe(z.number().max(1200)),
});

const items = z
  .array(z.strictObject({ ip: text, handle: text.optional(), sequence: sequence.optional() }))
  .min(1)
  .max(10_000);

/** How a simulated Calico begins. */
export const calicoWorldSchema: z.ZodType<CalicoWorld> = z.strictObject({
  pools: z.array(pool).min(1).max(1000),
  nodes: z.array(z.strictObject({ name: text, labels: labels.default({}) })).max(10_000),
  config: config.prefault({}),
  reservations: z.array(text).max(10_000).default([]).describe('addresses and prefixes of IPReservations'),
});

/** One step on a simulated Calico. */
export const calicoOperationSchema: z.ZodType<CalicoOperation> = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('autoAssign'),
    node: text,
    num4: count.default(0),
    num6: count.default(0),
    use: use.default('Workload'),
    handle: text.optional(),
    pools4: cidrs.describe('pools asked for bypass selectors and assignment mode'),
    pools6: cidrs,
    namespaceLabels: labels.optional().describe('without it, selectors of namespaces are not asked'),
    maxBlocks: decimal('0: the limit of the settings'),
    maxPerHandle: decimal('a handle with so many addresses is told those it has; 0: no limit'),
    reserveStart: kept.describe(
      'addresses the host keeps at the start of a new block; without both, 3 and 1 of IPv4 where the node’s label `kubernetes.io/os` is `windows`',
    ),
    reserveEnd: kept.describe('and at its end'),
    repeat,
  }),
  z
    .strictObject({
      op: z.literal('addPod'),
      node: text,
      handle: text,
      families: z
        .array(z.union([z.literal(4), z.literal(6)]))
        .min(1)
        .max(2)
        .default([4]),
      pools4: cidrs,
      pools6: cidrs,
      namespaceLabels: labels.optional(),
      repeat,
    })
    .describe('what the CNI plugin does when a pod comes: one address of each family, or none; half a success goes back'),
  z.strictObject({
    op: z.literal('assign'),
    node: text,
    ip: text,
    handle: text.optional(),
    use: use.optional(),
    maxPerHandle: decimal('0: no limit'),
    repeat,
  }),
  z.strictObject({ op: z.literal('release'), items, repeat }),
  z.strictObject({ op: z.enum(['releaseByHandle', 'ipsByHandle']), handle: text, repeat }),
  z.strictObject({ op: z.literal('claimAffinity'), cidr: text, node: text, repeat }),
  z.strictObject({ op: z.literal('releaseAffinity'), block: text, node: text, mustBeEmpty: z.boolean().default(false), repeat }),
  z.strictObject({ op: z.literal('releaseHostAffinities'), node: text, mustBeEmpty: z.boolean().default(false), repeat }),
  z.strictObject({
    op: z.literal('ensureBlock'),
    node: text,
    family: z.union([z.literal(4), z.literal(6)]).default(4),
    pools: cidrs,
    reserveStart: decimal('addresses the host keeps at the start of a new block').pipe(z.number().max(4096)),
    reserveEnd: decimal('and at its end').pipe(z.number().max(4096)),
    repeat,
  }),
  z.strictObject({ op: z.literal('blocks'), node: text.optional(), repeat }),
  z.strictObject({ op: z.literal('setPools'), pools: z.array(pool).max(1000), repeat }),
  z.strictObject({ op: z.literal('setPool'), pool, repeat }),
  z.strictObject({ op: z.literal('deletePool'), cidr: text, repeat }),
  z.strictObject({ op: z.literal('setConfig'), config, repeat }),
  z.strictObject({ op: z.literal('setNode'), node: text, labels, repeat }),
  z.strictObject({ op: z.literal('elapse'), seconds: z.coerce.number().min(0).max(1e9), repeat }),
]);

/** How a block begins. */
export const calicoBlockWorldSchema: z.ZodType<CalicoBlockWorld> = z.strictObject({
  cidr: text,
  reserveStart: decimal('addresses the host keeps at the start').pipe(z.number().max(4096)),
  reserveEnd: decimal('and at the end').pipe(z.number().max(4096)),
});

const reservations = z.array(text).max(10_000).default([]);

/** One step on a block. */
export const calicoBlockOperationSchema: z.ZodType<CalicoBlockOperation> = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('allocate'),
    ordinals: z.array(z.coerce.number().int().min(0)).min(1).max(4096).describe('counted from 0 at the first address'),
    handle: text.optional(),
    sequence: sequence.optional(),
    releasedSecondsAgo: z.coerce.number().optional().describe('it is released already, and cools down'),
    repeat,
  }),
  z.strictObject({ op: z.literal('next'), count: count.default(1), handle: text.optional(), reservations, repeat }),
  z.strictObject({ op: z.literal('release'), items, repeat }),
  z.strictObject({ op: z.literal('releaseByHandle'), handle: text, sequence: sequence.optional(), repeat }),
  z.strictObject({ op: z.literal('collect'), cooldownSeconds: z.coerce.number().min(0).max(1e9), repeat }),
  z.strictObject({ op: z.enum(['isEmpty', 'inUse']), repeat }),
  z.strictObject({ op: z.literal('byHandle'), handle: text, repeat }),
  z.strictObject({ op: z.enum(['freeCount', 'reservedCount']), reservations, repeat }),
  z.strictObject({ op: z.literal('ownerOf'), ip: text, repeat }),
]);
