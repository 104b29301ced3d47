import { z } from 'zod';
import { ipCapacityQuestion } from '../../application/ipam/ip-capacity.js';
import { ipForecastQuestion } from '../../application/ipam/ip-forecast.js';
import { ipPoolsQuestion } from '../../application/ipam/ip-pools.js';
import { nextFreeQuestion } from '../../application/ipam/next-free.js';
import { defineEndpoint } from '../http/endpoint.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

const CLUSTER = z.string().describe('name of the cluster');
const POOL = z.string().describe('name of the pool');

/** What all reads of pools have in common. */
export const READ = {
  method: 'GET',
  tag: 'ipam',
  access: { role: 'viewer', reach: 'cluster' },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-tag', 'unknown-pool'],
} as const;

/** The parameters of a path below a pool. */
export const ONE_POOL = z.strictObject({ cluster: CLUSTER, pool: POOL });

/** The room's part and what a caller reads first; the whole envelope stands at `/queries/…`. */
const POOLS_ANSWER = z.looseObject({ verdict: z.string(), summary: z.string(), result: ipPoolsQuestion.result });
const CAPACITY_ANSWER = z.looseObject({ verdict: z.string(), summary: z.string(), result: ipCapacityQuestion.result });
const FORECAST_ANSWER = z.looseObject({ verdict: z.string(), summary: z.string(), result: ipForecastQuestion.result });
const FREE_ANSWER = z.looseObject({ verdict: z.string(), summary: z.string(), result: nextFreeQuestion.result });

const { plane, family, within, contains, overlaps, blocks } = ipPoolsQuestion.input.shape;
const { allocationSequence } = ipPoolsQuestion.input.shape;
const { count, prefixLength, strategy, node, seed } = nextFreeQuestion.input.shape;

const SAME = 'the same answer as that of `/queries/ip-pools`';
const EXAMPLE = { cluster: 'harbor', pool: 'services.10.96.0.0_12' };

/** `GET …/ip-pools`. */
export const POOLS = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools',
  summary: 'The address pools of a cluster and how full they are: the answer to `ip-pools`',
  params: z.strictObject({ cluster: CLUSTER }),
  query: PATH_QUERY.safeExtend({ plane, family, within, contains, overlaps, blocks, allocationSequence }),
  answers: { 200: { description: SAME, schema: POOLS_ANSWER } },
  examples: [{ title: 'Every pool', params: { cluster: 'harbor' } }],
});

/** `GET …/ip-pools/{p}`. */
export const ONE = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool',
  summary: 'One pool',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({ allocationSequence }),
  answers: { 200: { description: SAME, schema: POOLS_ANSWER } },
  examples: [{ title: 'The service range', params: EXAMPLE }],
});

/** `GET …/ip-pools/{p}/utilization`. */
export const UTILIZATION = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool/utilization',
  summary: 'How full a pool is',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({ allocationSequence }),
  answers: { 200: { description: SAME, schema: POOLS_ANSWER } },
  examples: [{ title: 'The service range', params: EXAMPLE }],
});

/** `GET …/ip-pools/{p}/blocks`. */
export const BLOCKS = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool/blocks',
  summary: 'The parts of a pool that nodes have, and how full they are',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({ allocationSequence }),
  answers: { 200: { description: `${SAME} with \`blocks\``, schema: POOLS_ANSWER } },
  examples: [{ title: 'The service range, which has none', params: EXAMPLE }],
});

/** `GET …/ip-pools/{p}/free`. */
export const FREE = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool/free',
  summary: 'The free addresses of a pool that would be handed out next: the answer to `next-free`',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({
    count: count.unwrap().optional().describe('how many addresses or prefixes; 1 when left out'),
    limit: count.unwrap().optional().describe('the same as `count`, which goes before it'),
    prefixLength,
    strategy: strategy.unwrap().default('lowest').describe('`lowest` is what allocation through the API gives'),
    node,
    seed,
    allocationSequence,
  }),
  answers: { 200: { description: 'the same answer as that of `/queries/next-free`', schema: FREE_ANSWER } },
  problems: [...READ.problems, 'unknown-node'],
  examples: [{ title: 'Three free service addresses', params: EXAMPLE, query: { count: '3' } }],
});

/** `GET …/ip-pools/{p}/capacity`. */
export const CAPACITY = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool/capacity',
  summary: 'How many more pods, nodes or services fit: the answer to `ip-capacity`',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({ allocationSequence }),
  answers: { 200: { description: 'the same answer as that of `/queries/ip-capacity`', schema: CAPACITY_ANSWER } },
  examples: [{ title: 'The service range', params: EXAMPLE }],
});

/** `GET …/ip-pools/{p}/forecast`. */
export const FORECAST = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/ip-pools/:pool/forecast',
  summary: 'When the pool will be used to 90 %: the answer to `ip-forecast`',
  params: ONE_POOL,
  query: PATH_QUERY.safeExtend({ allocationSequence }),
  answers: { 200: { description: 'the same answer as that of `/queries/ip-forecast`', schema: FORECAST_ANSWER } },
  examples: [{ title: 'The service range', params: EXAMPLE }],
});
