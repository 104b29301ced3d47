import { z } from 'zod';
import { ADDRESS_PLANES } from '../../core/ipam/address-plane.js';
import { ALLOCATION_STRATEGIES } from '../../core/ipam/allocation-strategy.js';
import { CAPACITY_LIMITS, IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import type { PoolsResult } from '../../core/ipam/list-pools.js';
import type { NextFreeResult } from '../../core/ipam/next-free.js';
import { PART_USES, type UsedPart } from '../../core/ipam/node-grant.js';
import type { IpOwnerResult } from '../../core/ipam/own-ip.js';
import type { CapacityResult } from '../../core/ipam/pool-capacity.js';
import type { ForecastResult } from '../../core/ipam/pool-forecast.js';
import { PREFIX_KINDS } from '../../core/ipam/prefix-tree.js';
import { TREND_METHODS } from '../../core/ipam/trend.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { objectRefSchema } from '../findings/finding-schema.js';
import { ALLOCATION_STATES } from './allocation-record.js';

const count = z.string().describe('a number of addresses as decimal text');
const provenance = z.enum(['observed', 'derived', 'defaulted', 'assumed']);
/** Why a pool serves, or does not. */
export const poolReasonSchema = z.enum(keysOf(IPAM_REASONS));
const reason = poolReasonSchema;
const sequence = z
  .number()
  .int()
  .describe(
    'of the newest allocation or release that the answer knows of; 0 before the first. Sent as `allocationSequence` it gives the answer again',
  );

/** The planes of a cluster's addresses. */
export const planeSchema = z.enum(ADDRESS_PLANES);
/** How the next address is chosen. */
export const strategySchema = z.enum(keysOf(ALLOCATION_STRATEGIES));
/** What an allocation is in. */
export const allocationStateSchema = z.enum(keysOf(ALLOCATION_STATES));

const rejectedPools = z.array(z.object({ pool: z.string(), reason: reason.describe('reason code'), available: count }));
const family = z.union([z.literal(4), z.literal(6)]);
const band = z.object({ first: z.string(), last: z.string() }).nullable();

const objectRef = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string().optional(), name: z.string() }).nullable();

const block = z.object({
  cidr: z.string(),
  node: z.string().nullable().describe('null: a block of Calico that is no node’s'),
  provenance: z.string(),
  capacity: count,
  used: count,
  reserved: count,
  available: count,
});

/** How full something is. */
export const utilizationShape = {
  capacity: count,
  used: count.describe('usable addresses that somebody has, or that were handed out through the API'),
  reserved: count,
  available: count.describe('counted as a set: not `capacity` − `used` − `reserved` where a used address is reserved too'),
  usedPercent: z.number().describe('rounded down to two digits'),
  unusableInUse: count.describe('addresses that somebody has though the rule never hands them out'),
  fragments: z.number().int().describe('how many runs the available addresses are in'),
  largestFree: count.describe('addresses of the longest run'),
  fragmentationPercent: z
    .number()
    .describe(
      '`100 × (available − largestFree) / available`, rounded down to two digits; 0: the available addresses are in one run, or there are none',
    ),
};

const pool = z.object({
  name: z.string().describe('what paths call it'),
  plane: planeSchema.describe('an address is handed out once in a plane of a cluster'),
  family,
  ranges: z.array(z.string()).describe('prefixes, addresses and `first-last` ranges, as declared'),
  reservations: z.array(z.string()).describe('what automatic allocation leaves alone'),
  usableRule: z.string().nullable().describe('which addresses of a prefix are handed out; null: those that are listed'),
  strategy: z.string().nullable().describe('how the cluster chooses; null: nothing is handed out of it'),
  provenance: z.string(),
  why: z.string().describe('what tells of the pool'),
  ...utilizationShape,
  staticBand: band,
  dynamicBand: band,
  layout: z
    .object({ blockPrefix: z.number().int(), total: count, assigned: z.number().int(), free: count })
    .nullable()
    .describe('how it is cut into ranges for nodes'),
  blocks: z.array(block).nullable().describe('null unless they were asked for'),
});

const portBand = z.tuple([z.number().int(), z.number().int()]).nullable();

/** Pools and how full they are. */
export const poolsResultSchema: z.ZodType<PoolsResult> = z.object({
  pools: z.array(pool),
  nodePorts: z.object({
    first: z.number().int(),
    last: z.number().int(),
    staticBand: portBand.describe('first and last'),
    dynamicBand: portBand.describe('first and last'),
    capacity: z.number().int(),
    used: z.number().int(),
    available: z.number().int(),
    outside: z.array(z.number().int()).describe('node ports that services have outside the range'),
  }),
  allocationSequence: sequence,
});

/** Who has an address in the cluster's objects, or through the API. */
export const ownerSchema = z.object({
  type: z.enum(['pod', 'node', 'clusterIP', 'loadBalancer', 'externalIP', 'allocation', 'calicoBlock', 'ipAddress']),
  plane: planeSchema,
  object: objectRef,
  name: z.string().describe('`Pod shop/web-0`, or whom the allocation is for'),
  node: z.string().nullable().describe('of a pod, or that a block of Calico names'),
  provenance,
});

/** A prefix that the cluster knows. */
export const knownPrefixShape = {
  prefix: z.string(),
  kind: z.enum(PREFIX_KINDS),
  name: z.string().describe('of the pool; the node of a range; whom an allocation is for; the object of a reservation'),
  plane: planeSchema,
  object: objectRefSchema.nullable(),
  provenance,
};

/** Who has an address. */
export const ipOwnerResultSchema: z.ZodType<IpOwnerResult> = z.object({
  ip: z.string(),
  family,
  owners: z.array(ownerSchema),
  pools: z.array(
    z.object({
      pool: z.string(),
      plane: planeSchema,
      usable: z.boolean(),
      reserved: z.boolean(),
      band: z.enum(['static', 'dynamic']).nullable(),
      block: z.object({ cidr: z.string(), node: z.string().nullable() }).nullable().describe('the range or block of a node that it is in'),
    }),
  ),
  chain: z
    .array(z.object(knownPrefixShape))
    .describe(
      'the known prefixes that it is in, the smallest first: a prefix that was handed out, the range of a node, the pool, a subnet',
    ),
  allocations: z
    .array(
      z.object({
        prefix: z.string().nullable().describe('the prefix that was handed out as a whole; null: the one address'),
        pool: z.string(),
        plane: planeSchema,
        owner: z.string().nullable(),
        identifier: z.string(),
        sequence: z.number().int(),
        allocatedAt: z.string(),
        allocatedBy: z.string(),
      }),
    )
    .describe('at most one a plane'),
  allocationSequence: sequence,
});

/** What would be handed out next. */
export const nextFreeResultSchema: z.ZodType<NextFreeResult> = z.object({
  pool: z.string().nullable().describe('null where no pool serves'),
  strategy: strategySchema.nullable(),
  addresses: z.array(z.string()).describe('in the order in which they would be handed out'),
  prefixes: z.array(z.string()).describe('where prefixes were asked for, lowest first'),
  available: count.describe('free addresses of that pool before these are taken'),
  rejectedPools,
  allocationSequence: sequence,
});

/** A part of a pool that serves a node. */
export const usedPartSchema: z.ZodType<UsedPart> = z.object({
  cidr: z.string(),
  use: z.enum(keysOf(PART_USES)).describe(
    Object.entries(PART_USES)
      .map(([use, means]) => `${use}: ${means}`)
      .join('; '),
  ),
  owner: z.string().nullable().describe('whose it was before; null: nobody’s'),
  count: z.number().int().describe('how many addresses of it'),
});

/** Why an allocation has the addresses that it has. */
export const explanationSchema = z
  .object({
    pool: z.string(),
    strategy: strategySchema.nullable().describe('null where the caller had them already, or named one'),
    requested: z.number().int(),
    message: z.string(),
    rejectedPools,
    parts: z
      .array(usedPartSchema)
      .describe(
        'where the plugin cuts its pools for nodes and a node was named: the blocks or prefixes that serve it, and how it comes by them',
      ),
  })
  .meta({ id: 'AllocationExplanation' });

const limitedBy = z.enum(CAPACITY_LIMITS).describe('reason code of what keeps it from more');

/** How much more fits. */
export const capacityResultSchema: z.ZodType<CapacityResult> = z.object({
  pools: z.array(
    z.object({
      pool: z.string(),
      plane: z.enum(['pod', 'service', 'lb']),
      family,
      capacity: count,
      used: count,
      available: count,
      more: z.string().describe('pods that fit on the nodes there are, or services, as decimal text'),
      limitedBy,
      moreNodes: z.string().nullable().describe('nodes that can join and get a part of the pool; null: the pool does not limit them'),
      podsOnNewNode: z.number().int().nullable().describe('pods that a node that joins can have'),
      nodes: z.array(
        z.object({
          node: z.string(),
          pods: z.number().int().describe('that run or wait there, those on its own network too'),
          maxPods: z.number().int(),
          addresses: count.describe('of the pool that the node can still get, as decimal text'),
          more: z.number().int(),
          limitedBy,
        }),
      ),
      nodeCount: z.number().int().describe('how many there are; of all pools together 50,000 are listed'),
    }),
  ),
  nodePorts: z.object({ capacity: z.number().int(), available: z.number().int() }),
  allocationSequence: sequence,
});

const time = z.string().nullable();

/** When pools will be full. */
export const forecastResultSchema: z.ZodType<ForecastResult> = z.object({
  pools: z.array(
    z.object({
      pool: z.string(),
      plane: planeSchema,
      family,
      capacity: count,
      used: count,
      outlook: z.enum(['REACHED', 'WILL_FILL', 'FAR', 'STEADY', 'TOO_SHORT']),
      reaches90At: time.describe('null where it is not known, or never'),
      reachesFullAt: time,
      perDay: z.number().nullable().describe('addresses more each day; null where the history is too short'),
      trends: z
        .array(
          z.object({
            method: z.enum(keysOf(TREND_METHODS)).describe(
              keysOf(TREND_METHODS)
                .map((method) => `\`${method}\`: ${TREND_METHODS[method]}`)
                .join('; '),
            ),
            perDay: z.number(),
            error: z.number().describe('how far off it was, in addresses, told each value from those before it'),
            reaches90At: time,
          }),
        )
        .describe('the one that was less far off comes first, and is the one that counts'),
      samples: z
        .array(z.object({ revision: z.number().int(), at: z.string(), used: count }))
        .describe('earlier revisions that had the pool, sixteen at most, spread over the time'),
    }),
  ),
  allocationSequence: sequence,
});
