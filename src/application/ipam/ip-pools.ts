import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { listPools, POOLS_VERDICTS } from '../../core/ipam/list-pools.js';
import { ok } from '../../core/kernel/result.js';
import { type Cidr, formatCidr } from '../../core/net/cidr.js';
import { defineLongQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE, POOL_FILTER, SWITCH } from './ipam-input.js';
import { poolsResultSchema } from './ipam-result-schema.js';
import { PLACE, readPrefixFilter } from './prefix-filter.js';

const input = z.strictObject({
  ...POOL_FILTER,
  within: PLACE.optional().describe('pools only that lie in this prefix as a whole'),
  contains: PLACE.optional().describe('pools only that have this address, or every address of this prefix'),
  overlaps: PLACE.optional().describe('pools only that share addresses with this prefix'),
  blocks: SWITCH.describe('whether to list the ranges of the nodes, each with its own use'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

/** The pools of a cluster and how full they are. */
export const ipPoolsQuestion = defineLongQuestion({
  name: 'ip-pools',
  room: 'ipam',
  title: 'Which address pools does a cluster have, and how full are they',
  input,
  result: poolsResultSchema,
  verdicts: POOLS_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'Every pool of a cluster', cluster: 'harbor', input: {} },
    { title: 'The pod ranges with the part of each node', cluster: 'harbor', input: { plane: 'pod', blocks: true } },
    { title: 'The IPv6 pools of a dual-stack cluster', cluster: 'fjord', input: { family: 6 } },
    { title: 'The pools that an address is of', cluster: 'harbor', input: { contains: '10.96.0.10' } },
  ],
  *steps({ model, allocations }, { pool, plane, family, within, contains, overlaps, blocks }) {
    const place = readPrefixFilter({ within, contains, overlaps });
    if (!place.ok) return place;
    const answer = yield* listPools(model, allocations, { pool, plane, family, ...place.value }, blocks);
    if (!answer.ok) return answer;
    const { allocationSequence } = answer.value.result;
    const question = {
      pool: pool ?? null,
      plane: plane ?? null,
      family: family ?? null,
      within: textOf(place.value.within),
      contains: textOf(place.value.contains),
      overlaps: textOf(place.value.overlaps),
      blocks,
      allocationSequence,
    };
    return ok({ question, answer: answer.value });
  },
});

function textOf(cidr: Cidr | undefined): string | null {
  return cidr ? formatCidr(cidr) : null;
}
