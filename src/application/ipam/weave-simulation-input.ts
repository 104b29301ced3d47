import { z } from 'zod';
import type { WeaveOperation, WeaveWorld } from '../../core/ipam/simulate-weave.js';

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
