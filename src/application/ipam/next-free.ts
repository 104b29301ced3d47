import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { looksBack, NEXT_FREE_VERDICTS, nextFree } from '../../core/ipam/next-free.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE, POOL_FILTER } from './ipam-input.js';
import { nextFreeResultSchema, strategySchema } from './ipam-result-schema.js';
import { podNamed } from './pod-named.js';

/** Most addresses of one answer. */
const MAX_ADDRESSES = 1_000;

const input = z.strictObject({
  ...POOL_FILTER,
  count: z.coerce.number().int().min(1).max(MAX_ADDRESSES).default(1).describe('how many addresses or prefixes, all of one pool'),
  prefixLength: z.coerce.number().int().min(0).max(128).optional().describe('whole prefixes of this length in place of addresses'),
  strategy: strategySchema
    .optional()
    .describe('how they are chosen; left out: as the pool’s own system does, prefixes by `lowest`. Allocation through the API is `lowest`'),
  pod: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'only what the plugin may give this pod, of its pools and its node’s part of them: `pod/shop/web-0`, `deploy/shop/web`; of several the first',
    ),
  node: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('only addresses of the ranges of this node; with Calico those that an allocation for it gets'),
  seed: z
    .string()
    .max(100)
    .default('')
    .describe('moves the starting point of `banded` and `random`; left out: it moves with each change of the allocations'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

/** Which addresses would be handed out next. */
export const nextFreeQuestion = defineQuestion({
  name: 'next-free',
  room: 'ipam',
  title: 'Which addresses or prefixes of a pool would be handed out next',
  input,
  result: nextFreeResultSchema,
  verdicts: NEXT_FREE_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'The next ClusterIP, as the API server chooses', cluster: 'harbor', input: { plane: 'service' } },
    { title: 'Three pod addresses of a node', cluster: 'harbor', input: { plane: 'pod', node: 'harbor-2', count: 3 } },
    { title: 'The next address of a pod, of the pools that are for it', cluster: 'harbor', input: { pod: 'deploy/shop/web' } },
    { title: 'Two more ranges for nodes', cluster: 'harbor', input: { plane: 'pod', prefixLength: 24, count: 2 } },
    { title: 'The lowest free service address', cluster: 'atoll', input: { plane: 'service', strategy: 'lowest' } },
  ],
  looksBack: (model, { pod, ...asked }) => looksBack(model, asked, pod !== undefined),
  ask({ model, allocations, memory }, { pod: text, ...asked }) {
    const { pool, plane, family, count, prefixLength, strategy, node, seed } = asked;
    const named = text === undefined ? undefined : atParameter('pod', podNamed(model, text));
    if (named?.ok === false) return named;
    const wanted = { pool, plane, family, count, prefixLength, strategy, node, seed, pod: named?.value.pod };
    const answer = nextFree(model, allocations, wanted, memory);
    if (!answer.ok) return answer;
    const question = {
      pool: pool ?? null,
      plane: plane ?? null,
      family: family ?? null,
      count,
      prefixLength: prefixLength ?? null,
      strategy: strategy ?? null,
      pod: named?.value.selector ?? null,
      node: node ?? null,
      seed,
      allocationSequence: allocations.sequence,
    };
    return ok({ question, answer: answer.value });
  },
});
