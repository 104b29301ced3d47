import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import { collectCalico, COLLECTION_RULES } from '../../core/ipam/collect-calico.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { JOIN_OUTCOMES } from '../../core/ipam/join-grant.js';
import { nodeToJoin, podToJoin } from '../../core/ipam/joining-objects.js';
import { type Join, JOIN_VERDICTS, type JoinResult, simulateJoin } from '../../core/ipam/simulate-join.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { atParameter, problemAt } from '../../core/kernel/problem-place.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { unknownNode } from '../../core/model/unknown-node.js';
import { knownNamespace } from '../policy/known-namespace.js';
import { defineLongQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE, SWITCH } from './ipam-input.js';
import { poolReasonSchema, usedPartSchema } from './ipam-result-schema.js';
import { podNamed } from './pod-named.js';

const MOST = 1_000;
/** A year. */
const MOST_SECONDS = 366 * 86_400;
const NAME = z.string().min(1).max(253);

const input = z.strictObject({
  add: z.enum(['node', 'pod', 'service']).describe('what joins the cluster'),
  name: NAME.default('new').describe(
    'of the node that joins; Calico begins its search for a block by it. Of a service it moves the starting point',
  ),
  node: NAME.optional().describe('of a pod: the node that it runs on; of a node: one whose labels the new one has'),
  namespace: NAME.default('default').describe('of a pod that is like no other'),
  like: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe('a pod whose annotations, labels and namespace the new one has: `pod/shop/web-0`, `deploy/shop/web`; of several the first'),
  count: z.coerce.number().int().min(1).max(MOST).default(1).describe('how many pods on that node, or services'),
  afterSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(MOST_SECONDS)
    .optional()
    .describe(
      'it joins so much later, when Calico’s controllers have released addresses that nobody uses and blocks that nobody needs; pods and nodes stay as they are. Left out: at once',
    ),
  dualStack: SWITCH.describe('of a service: an address of each family that the cluster has; otherwise of the primary one'),
  allocationSequence: ALLOCATION_SEQUENCE,
});

const result: z.ZodType<JoinResult> = z.object({
  add: z.enum(['node', 'pod', 'service']),
  grants: z.array(
    z.object({
      family: z.union([z.literal(4), z.literal(6)]),
      outcome: z.enum(keysOf(JOIN_OUTCOMES)).describe(
        Object.entries(JOIN_OUTCOMES)
          .map(([outcome, means]) => `${outcome}: ${means}`)
          .join('; '),
      ),
      pool: z
        .string()
        .nullable()
        .describe('of pods and services, and of a node with Calico: what all of it is of; null where no pool serves, or several do'),
      addresses: z.array(z.string()).describe('of pods or services, in the order in which they are given'),
      ranges: z.array(z.string()).describe('of a node: what its pods get their addresses of'),
      rangesAfterRestart: z
        .array(z.string())
        .nullable()
        .describe('the same, had whoever gives them been restarted; null where that makes no difference'),
      parts: z.array(usedPartSchema).describe('the blocks of Calico that serve, and how the node comes by them'),
      reason: poolReasonSchema,
      message: z.string(),
    }),
  ),
  collected: z
    .object({
      everySeconds: z.number().describe('how often the controllers look'),
      count: z.number().int(),
      released: z.array(
        z.object({
          afterSeconds: z.number(),
          rule: z.enum(keysOf(COLLECTION_RULES)).describe(
            Object.entries(COLLECTION_RULES)
              .map(([rule, means]) => `${rule}: ${means}`)
              .join('; '),
          ),
          released: z.string().describe('an address, or a block'),
          node: z.string().nullable(),
        }),
      ),
    })
    .nullable()
    .describe('with `afterSeconds`: what Calico’s controllers release until then, the first 1000 of it'),
  allocationSequence: z.number().int(),
});

type Asked = z.output<typeof input>;

/** Which addresses something would get that joins the cluster as it stands. */
export const ipSimulateQuestion = defineLongQuestion({
  name: 'ip-simulate',
  room: 'ipam',
  title: 'Which addresses a new node, pod or service would get',
  input,
  result,
  verdicts: JOIN_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  // Of services the API server chooses, who remembers nothing.
  looksBack: (_model, { add }) => add !== 'service',
  examples: [
    {
      title: 'The addresses of two new pods of a node, by blocks of Calico',
      cluster: 'harbor',
      input: { add: 'pod', node: 'harbor-2', count: 2 },
    },
    {
      title: 'Another pod like those of a Deployment',
      cluster: 'harbor',
      input: { add: 'pod', node: 'harbor-1', like: 'deploy/shop/web' },
    },
    {
      title: 'The same an hour later, when Calico’s controllers have released what nobody uses',
      cluster: 'harbor',
      input: { add: 'pod', node: 'harbor-2', count: 2, afterSeconds: 3600 },
    },
    { title: 'The range of a new node', cluster: 'atoll', input: { add: 'node' } },
    { title: 'A new service of both families', cluster: 'fjord', input: { add: 'service', dualStack: true } },
  ],
  *steps({ model, allocations, memory }, asked) {
    const join = joinOf(model, asked);
    if (!join.ok) return join;
    const { add, name, node, namespace, like, count, dualStack, afterSeconds } = asked;
    const question = {
      add,
      name,
      node: node ?? null,
      namespace,
      like: like ?? null,
      count,
      dualStack,
      afterSeconds: afterSeconds ?? null,
      allocationSequence: allocations.sequence,
    };
    if (afterSeconds === undefined) return ok({ question, answer: simulateJoin(model, allocations, join.value, memory) });
    const past = { book: allocations, memory: memory ?? new AllocationMemory() };
    const collection = yield* collectCalico(model, past, afterSeconds * 1_000);
    return ok({ question, answer: simulateJoin(collection.model, allocations, join.value, past.memory, collection) });
  },
});

function joinOf(model: NetworkModel, { add, name, node: nodeName, namespace, like, count, dualStack }: Asked): Result<Join, Problem> {
  const node = nodeName === undefined ? undefined : model.nodes.get(nodeName);
  if (nodeName !== undefined && !node) return err(problemAt('/node', unknownNode(model.nodes.keys(), nodeName)));
  const alike = like === undefined ? undefined : atParameter('like', podNamed(model, like));
  if (alike?.ok === false) return alike;
  if (alike && add !== 'pod') return err(refused('/like', 'unsuited', 'pods alone are like others', 'leave `like` out'));
  if (add === 'node') {
    const exists = refused('/name', 'exists', `there is a node \`${name}\` already`, 'take another name');
    return model.nodes.has(name) ? err(exists) : ok({ add, node: nodeToJoin(name, node) });
  }
  if (add === 'service') {
    const [primary = 4, ...others] = [...new Set(model.profile.serviceCIDRs.map(({ family }) => family))];
    return ok({ add, families: dualStack ? [primary, ...others] : [primary], count, seed: name });
  }
  if (!node) return err(refused('/node', 'missing', 'a pod gets its address of the node that it runs on', 'name one with `node`'));
  const around = alike ?? atParameter('namespace', knownNamespace(model, namespace === 'default' ? undefined : namespace));
  if (!around.ok) return around;
  return ok({ add, node, pod: podToJoin(model, node, namespace, alike?.value.pod), count });
}

function refused(pointer: string, code: string, message: string, hint: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer, code, message, hint }] });
}
