import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { CAPACITY_VERDICTS, poolCapacity } from '../../core/ipam/pool-capacity.js';
import { ok } from '../../core/kernel/result.js';
import { defineLongQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE, POOL_FILTER } from './ipam-input.js';
import { capacityResultSchema } from './ipam-result-schema.js';

const input = z.strictObject({ ...POOL_FILTER, allocationSequence: ALLOCATION_SEQUENCE });

/** How much more fits into a cluster. */
export const ipCapacityQuestion = defineLongQuestion({
  name: 'ip-capacity',
  room: 'ipam',
  title: 'How many more pods, nodes and services fit until addresses run out',
  input,
  result: capacityResultSchema,
  verdicts: CAPACITY_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'A cluster of Calico, by blocks', cluster: 'harbor', input: {} },
    { title: 'The pod ranges of Flannel, node by node', cluster: 'atoll', input: { plane: 'pod' } },
    { title: 'IPv6 of a dual-stack cluster', cluster: 'fjord', input: { family: 6 } },
  ],
  *steps({ model, allocations }, { pool, plane, family }) {
    const answer = yield* poolCapacity(model, allocations, { pool, plane, family });
    if (!answer.ok) return answer;
    const question = {
      pool: pool ?? null,
      plane: plane ?? null,
      family: family ?? null,
      allocationSequence: answer.value.result.allocationSequence,
    };
    return ok({ question, answer: answer.value });
  },
});
