import { z } from 'zod';
import type { WeaveOperation, WeaveWorld } from '../../core/ipam/simulate-weave.js';
import type { WeaveRingOperation, WeaveRingWorld } from '../../core/ipam/simulate-weave-ring.js';

const text = z.string().min(1).max(200);
const common = {
  peer: text.default('peer').describe('whose step it is; whoever is not known joins with nothing'),
  repeat: z.coerce.number().int().min(1).max(200_000).default(1),
};
const within = text
  .optional()
  .describe(
    'the prefix or `first-last` that is asked for; the whole range when it is left out. Of a prefix, which is a subnet, containers get neither the first nor the last address',
  );

/** How a simulated Weave Net begins. */
export const weaveWorldSchema: z.ZodType<WeaveWorld> = z.strictObject({
  range: text.default('10.32.0.0/12').describe('of IPv4, four addresses or more'),
  peers: z.array(text).max(1000).default([]).describe('the seed list: each gets an equal part'),
});

/** One step. */
export const weaveOperationSchema: z.ZodType<WeaveOperation> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['allocate', 'biggest', 'freeIn', 'donateAll']), within, ...common }),
  z.strictObject({ op: z.literal('donate'), within, to: text.optional().describe('who gets it; left out: it leaves the ring'), ...common }),
  z.strictObject({ op: z.enum(['claim', 'free']), ip: text, ...common }),
  z.strictObject({ op: z.literal('add'), range: text.describe('becomes the peer’s without anybody being asked'), ...common }),
  z.strictObject({ op: z.literal('removePeer'), by: text.describe('who takes over what it had'), ...common }),
  z
    .strictObject({
      op: z.literal('elect'),
      with: z.array(text).max(1000).default([]).describe('peers that it hears of, and they of it; observers have no voice'),
      expected: z.coerce.number().int().min(1).max(1000).describe('peers that each was told of at its start: a majority has to agree'),
      ...common,
    })
    .describe('shares the range out to those that agree, where no seed list did'),
  z.strictObject({ op: z.literal('ring'), ...common }).describe('what each peer has'),
]);

const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const inUse = z.array(text).max(5000).describe('addresses, prefixes or `first-last` that its containers have');
const owned = text.describe('a prefix or `first-last`');
const peers = z.array(text).max(1000);

/** How rings begin that peers of a Weave Net have each by itself. */
export const weaveRingWorldSchema: z.ZodType<WeaveRingWorld> = z.strictObject({
  range: text.default('10.32.0.0/12').describe('of IPv4'),
  peers: z
    .array(
      z.strictObject({
        name: text,
        range: text.optional().describe('that the peer was started with; left out: that of the world'),
        tokens: z
          .array(z.strictObject({ token: text, peer: text, version: count.default(0), free: count.default(0) }))
          .max(5000)
          .default([])
          .describe('`Entries` of the ring as the peer tells it, in its order'),
        seeds: peers.default([]).describe('with which the ring was shared out'),
        inUse: inUse.default([]),
      }),
    )
    .max(200)
    .default([])
    .describe('who is not named has an empty ring'),
});

/** One step. */
export const weaveRingOperationSchema: z.ZodType<WeaveRingOperation> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('claimForPeers'), peers: peers.min(1).describe('each gets an equal part, aligned'), ...common }),
  z.strictObject({ op: z.literal('grant'), range: owned, to: text.describe('who gets it; it is the peer’s own'), ...common }),
  z.strictObject({ op: z.literal('merge'), from: text.describe('whose ring the peer hears of'), ...common }),
  z.strictObject({ op: z.literal('transfer'), from: text, to: text, ...common }).describe('all that one has becomes another’s: `rmpeer`'),
  z.strictObject({ op: z.literal('reportFree'), free: z.array(z.strictObject({ token: text, free: count })).max(5000), ...common }),
  z.strictObject({ op: z.literal('use'), inUse, ...common }),
  z.strictObject({ op: z.literal('owner'), ip: text, ...common }),
  z.strictObject({ op: z.literal('owned'), of: text.optional().describe('left out: the peer itself'), ...common }),
  z.strictObject({ op: z.literal('peersToAsk'), within: owned.optional(), ...common }),
  z.strictObject({ op: z.literal('ring'), ...common }),
]);
