import { z } from 'zod';
import { MAX_COUNT } from '../../application/ipam/allocations.js';
import { ALLOCATION_STATES } from '../../application/ipam/allocation-record.js';
import { allocationStateSchema, planeSchema, strategySchema } from '../../application/ipam/ipam-result-schema.js';

/** Most allocations of one batch. */
export const MAX_ITEMS = 1_000;

/** What a caller calls its allocation. */
export const IDENTIFIER = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\p{Cc}]*$/u, 'must have no control characters')
  .describe('the caller’s own name for it; the same request with the same identifier gets the same address');

const ADDRESS = z.string().min(1).max(64);
const PREFIXES = z.array(z.string().min(1).max(64)).min(1).max(100);
/** Keys and values as Kubernetes has them (apimachinery `pkg/util/validation`). */
const LABELS = z
  .record(
    z
      .string()
      .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
      .max(317),
    z
      .string()
      .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/)
      .max(63),
  )
  .refine((labels) => Object.keys(labels).length <= 64, 'must be 64 at most')
  .describe('what the caller says of it besides, as labels of Kubernetes');
const NAME = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\p{Cc}]*$/u, 'must have no control characters');
/** Which part of what was handed out of a pool. */
export const LISTING = {
  identifier: IDENTIFIER.optional().describe('what this identifier has only'),
  state: allocationStateSchema.optional().describe('those only in this state; left out: all that live, the `active` and the `leased`'),
  owner: NAME.optional().describe('those only that are for somebody whose name has this in it'),
  ownerKind: NAME.optional().describe('those only that are for an object of this kind'),
  ownerNamespace: NAME.optional().describe('those only that are for an object of this namespace'),
  ownerName: NAME.optional().describe('those only that are for an object of this name'),
  ownerUid: NAME.optional().describe('those only that are for the object of this UID'),
  labelSelector: z.string().max(4_096).optional().describe('those only whose labels it selects; as `kubectl get -l` takes it'),
  within: ADDRESS.optional().describe('those only that lie in this prefix, or are this address'),
  contains: ADDRESS.optional().describe('those only that this prefix or address lies in'),
  overlaps: ADDRESS.optional().describe('those only that share addresses with this prefix, or have this address'),
  limit: z.coerce.number().int().min(1).max(MAX_ITEMS).default(100),
  continue: z.string().max(40).optional().describe('what the page before gave; pages belong to one sequence'),
};

const OWNER_OBJECT = z
  .strictObject({ kind: NAME, namespace: NAME.optional(), name: NAME, uid: NAME.optional() })
  .describe('the object that it is for; `owner` is its name where that is left out');
const OWNER = z.string().min(1).max(253).nullable().describe('whom it is for, in free text');
/** A year. */
const MAX_SECONDS = 31_536_000;

/** How long a lease lasts. */
const TTL = z.int().min(1).max(MAX_SECONDS);

/** What may be asked for besides an identifier. */
const DEMAND = {
  address: ADDRESS.optional().describe('the one address that is wanted and no other; it may be reserved'),
  ip: ADDRESS.optional().describe('the same as `address`'),
  prefixLength: z
    .int()
    .min(0)
    .max(128)
    .optional()
    .describe('prefixes of this length, each as a whole, in place of addresses: nobody gets an address of it while it is handed out'),
  prefix: ADDRESS.optional().describe('the one prefix that is wanted as a whole and no other; it may be reserved'),
  preferred: ADDRESS.optional().describe('taken where it is free, with `prefixLength` a prefix; otherwise the strategy chooses'),
  owner: OWNER.optional(),
  ownerObject: OWNER_OBJECT.optional(),
  labels: LABELS.optional(),
  count: z
    .int()
    .min(1)
    .max(MAX_COUNT)
    .optional()
    .describe('so many addresses or prefixes, all of one pool and under one identifier; 1 when left out'),
  otherPools: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(20)
    .optional()
    .describe('pools to try after the one of the path, in this order'),
  strategy: strategySchema
    .optional()
    .describe(
      'how they are chosen; `lowest` when left out, with `node` what the plugin does. Neither `fifo` nor `banded` chooses prefixes',
    ),
  seed: z.string().max(100).optional().describe('moves the starting point of `banded` and `random`'),
  node: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe(
      'for a pod of this node: of Calico’s blocks as Calico gives them (blocks of its own, new ones up to its limit, single addresses of others’), else only addresses of its ranges',
    ),
  within: PREFIXES.optional().describe('only addresses of these prefixes'),
  exclude: PREFIXES.optional().describe('no address of these prefixes'),
  ttlSeconds: TTL.optional().describe('a lease: it ends by itself after so long, by the clock of the database'),
  ttl: TTL.optional().describe('the same as `ttlSeconds`'),
  cooldownSeconds: z.int().min(1).max(MAX_SECONDS).optional().describe('after its end nobody gets the address for so long'),
};

const PARTIAL = z.boolean().optional();
const DRY_RUN = z.boolean().optional().describe('says what would be handed out, and hands out nothing');

interface Demand {
  readonly address?: string | undefined;
  readonly ip?: string | undefined;
  readonly ttl?: number | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly prefix?: string | undefined;
  readonly prefixLength?: number | undefined;
  readonly preferred?: string | undefined;
  readonly count?: number | undefined;
  readonly strategy?: string | undefined;
}

/** What is asked for by name leaves nothing to choose. */
function chooses({ preferred, prefixLength, count = 1, strategy }: Demand): boolean {
  return preferred !== undefined || prefixLength !== undefined || count !== 1 || strategy !== undefined;
}

const NAMES_ONE = 'neither `count`, `prefixLength`, `preferred` nor `strategy` goes with it';

/** Puts what goes with no name beside each of the ways to name something, and one of two names for a thing. */
function namesOrChooses<T extends z.ZodType<Demand>>(schema: T): T {
  return schema
    .refine((demand) => demand.address === undefined || !chooses(demand), {
      path: ['address'],
      message: `must stand alone: ${NAMES_ONE}`,
    })
    .refine((demand) => demand.ip === undefined || !(chooses(demand) || demand.address !== undefined), {
      path: ['ip'],
      message: `must stand alone: ${NAMES_ONE}, nor \`address\`, which is the same`,
    })
    .refine((demand) => demand.ttl === undefined || demand.ttlSeconds === undefined, {
      path: ['ttl'],
      message: 'must stand alone: `ttlSeconds` is the same',
    })
    .refine((demand) => demand.prefix === undefined || !(chooses(demand) || demand.address !== undefined || demand.ip !== undefined), {
      path: ['prefix'],
      message: `must stand alone: ${NAMES_ONE}, nor \`address\``,
    });
}

/** For how long a lease begins anew, under either of its names. */
export const RENEWAL = z
  .strictObject({
    ttlSeconds: TTL.optional().describe('by the clock of the database'),
    ttl: TTL.optional().describe('the same as `ttlSeconds`; one of both has to be told'),
  })
  .refine(({ ttlSeconds, ttl }) => (ttlSeconds === undefined) !== (ttl === undefined), {
    path: ['ttlSeconds'],
    message: 'must be told once, here or as `ttl`',
  });

/** Which of an identifier's allocations is meant. */
export const MEANT = z.strictObject({
  sequence: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('the allocation that is meant; where the identifier has a later one, nothing changes'),
});

const CALLERS_NAME = IDENTIFIER.optional().describe(
  'the caller’s own name for it; the same request with the same identifier gets the same address; left out: one is made, of the `Idempotency-Key` where there is one; without either, a request that is sent again gets another address',
);
const ITEM = namesOrChooses(z.strictObject({ identifier: CALLERS_NAME, ...DEMAND }));

/** One request, or many. */
export const ALLOCATION_BODY = namesOrChooses(
  z.strictObject({
    identifier: CALLERS_NAME,
    ...DEMAND,
    partial: PARTIAL.describe(
      'fewer addresses than were asked for are better than none; with `items`: each has its own answer, an allocation or a problem',
    ),
    dryRun: DRY_RUN,
    explain: z.boolean().optional().describe('whether the answer tells why these; it does when left out'),
    items: z
      .array(ITEM)
      .min(1)
      .max(MAX_ITEMS)
      .optional()
      .describe('many requests at once, all of them or none; beside it stand `partial`, `dryRun` and `explain` only'),
  }),
)
  .refine(
    ({ items, partial: _partial, dryRun: _dryRun, explain: _explain, ...one }) =>
      items === undefined || Object.values(one).every((value) => value === undefined),
    {
      path: ['items'],
      message: 'must stand alone',
    },
  )
  .refine(({ items = [] }) => items.reduce((sum, { count = 1 }) => sum + count, 0) <= MAX_COUNT, {
    path: ['items'],
    message: `must ask for ${MAX_COUNT} addresses at most`,
  });

/** An allocation as it is shown. */
export const ALLOCATION = z
  .object({
    address: z.string().describe('of a prefix the first'),
    prefix: z.string().nullable().describe('what was handed out as a whole; null: the one address'),
    state: allocationStateSchema.describe(
      Object.entries(ALLOCATION_STATES)
        .map(([state, means]) => `${state}: ${means}`)
        .join('; '),
    ),
    pool: z.string(),
    plane: planeSchema,
    identifier: z.string(),
    owner: z.string().nullable(),
    ownerObject: z
      .object({ kind: z.string(), namespace: z.string().optional(), name: z.string(), uid: z.string().optional() })
      .nullable()
      .describe('the object that it is for; null: none was named'),
    labels: z.record(z.string(), z.string()),
    node: z.string().nullable().describe('that it was asked for'),
    part: z
      .object({ cidr: z.string(), owner: z.string().nullable(), borrowed: z.boolean() })
      .nullable()
      .describe('the block of a node that it is of, and whose that is; null: of none'),
    byName: z.boolean().describe('whether it was asked for by name'),
    sequence: z
      .number()
      .int()
      .nullable()
      .describe(
        'of the change that made it; a release that names it cannot free a later one; null in a preview, where nothing was handed out',
      ),
    allocatedAt: z.iso.datetime().nullable().describe('null in a preview'),
    allocatedBy: z.string().describe('the token'),
    leaseUntil: z.iso.datetime().nullable().describe('when it ends by itself; null: never, or a preview'),
    cooldownSeconds: z.int().describe('for so long after its end nobody gets the address'),
    releasedSequence: z.number().int().nullable().describe('of the change that ended it; null while it lives'),
    releasedAt: z.iso.datetime().nullable(),
    releasedBy: z.string().nullable().describe('the token; `system:lease` where the lease was over'),
  })
  .meta({ id: 'Allocation' });
