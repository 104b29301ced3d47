import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { IP_PREFIX_VERDICTS, type IpPrefixResult, lookAtPrefix } from '../../core/ipam/look-at-prefix.js';
import { ADDRESS_STATES } from '../../core/ipam/prefix-addresses.js';
import { POOL_RELATIONS } from '../../core/ipam/prefix-pools.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import { type Cidr, formatCidr } from '../../core/net/cidr.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { defineLongQuestion } from '../questions/question.js';
import { cidrAt } from './allocation-input.js';
import { ALLOCATION_SEQUENCE } from './ipam-input.js';
import { knownPrefixShape, ownerSchema, planeSchema, utilizationShape } from './ipam-result-schema.js';
import { notAnAddress } from './not-an-address.js';

const number = (least: number, most: number, otherwise: number) => z.coerce.number().int().min(least).max(most).default(otherwise);

const input = z.strictObject({
  prefix: z.string().min(1).max(64).describe('an IPv4 or IPv6 prefix without host bits, such as `10.244.0.0/16`'),
  plane: planeSchema.optional().describe('pools, prefixes and addresses of this plane only'),
  depth: number(0, 10, 1).describe('levels of known prefixes below it that are listed'),
  state: z.enum(ADDRESS_STATES).optional().describe('addresses in this state only'),
  owner: z.string().min(1).max(253).optional().describe('addresses of owners only whose name has this in it'),
  after: z.string().min(1).max(64).optional().describe('addresses above this one only: `next` of the answer before'),
  limit: number(1, 1000, 100).describe('addresses, prefixes and pools that are listed, of each kind'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

const result: z.ZodType<IpPrefixResult> = z.object({
  prefix: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  size: z.string().describe('addresses, as decimal text'),
  same: z.array(z.object(knownPrefixShape)).describe('known under the same prefix'),
  parents: z.array(z.object(knownPrefixShape)).describe('known prefixes around it, the smallest first'),
  children: z
    .array(
      z.object({
        ...knownPrefixShape,
        parent: z.string().describe('the smallest known prefix around it'),
        depth: z.number().int().describe('1: directly below the prefix that was asked for'),
      }),
    )
    .describe('known prefixes in it, by address'),
  childCount: z
    .number()
    .int()
    .describe(
      'how many there are to that depth; of prefixes that were handed out the lowest 5,000 count, and a warning says so where there are more',
    ),
  pools: z
    .array(
      z.object({
        pool: z.string(),
        plane: planeSchema,
        relation: z.enum(POOL_RELATIONS).describe('the pool `contains` the prefix, is the `same`, lies `within` it, or `overlaps` it'),
        ...utilizationShape,
        freeRanges: z.array(z.string()).describe('the lowest twenty'),
        freePrefixes: z.array(z.string()).describe('the largest twenty; of very many ranges the lowest are looked at'),
      }),
    )
    .describe('pools that have addresses of it, and how full that part of them is'),
  poolCount: z.number().int().describe('how many such pools there are; `limit` of them are listed'),
  addresses: z
    .array(z.object({ ip: z.string(), state: z.enum(ADDRESS_STATES), owners: z.array(ownerSchema) }))
    .describe('taken ones, ascending'),
  next: z.string().nullable().describe('ask with `after` for those above it; null: that was all'),
  allocationSequence: z.number().int().describe('of the newest allocation or release that the answer knows of; 0 before the first'),
});

/** What a prefix is to a cluster. */
export const ipPrefixQuestion = defineLongQuestion({
  name: 'ip-prefix',
  room: 'ipam',
  title: 'What is around a prefix and in it, how full is it, what of it is free, and who has the rest',
  input,
  result,
  verdicts: IP_PREFIX_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'The range of one node', cluster: 'harbor', input: { prefix: '10.244.1.0/24' } },
    { title: 'Everything private', cluster: 'fjord', input: { prefix: '10.0.0.0/8', depth: 2, limit: 5 } },
    { title: 'A prefix of no pool', cluster: 'harbor', input: { prefix: '198.51.100.0/24' } },
  ],
  *steps({ model, allocations }, { prefix: text, after: afterText, ...rest }) {
    const prefix = cidrAt(text, '/prefix');
    if (!prefix.ok) return prefix;
    const after = afterText === undefined ? undefined : parseIp(afterText);
    if (afterText !== undefined && !after) return err(notAnAddress(afterText, '/after'));
    if (after && after.family !== prefix.value.family) return err(otherFamily(after, prefix.value));
    const { plane = null, state = null, owner = null, depth, limit } = rest;
    const question = { prefix: formatCidr(prefix.value), plane, depth, state, owner, after: after ? formatIp(after) : null, limit };
    const answer = yield* lookAtPrefix(model, allocations, { ...rest, prefix: prefix.value, after });
    return ok({ question: { ...question, allocationSequence: answer.result.allocationSequence }, answer });
  },
});

/** `invalid-request`: no address of the prefix is above it or below. */
function otherFamily(after: Ip, prefix: Cidr): Problem {
  const message = `\`${formatIp(after)}\` is an IPv${after.family} address, and \`${formatCidr(prefix)}\` has IPv${prefix.family} addresses`;
  return problem('invalid-request', message, { errors: [{ pointer: '/after', code: 'other-family', message }] });
}
