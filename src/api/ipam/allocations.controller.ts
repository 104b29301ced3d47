import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import type { AllocationOutcome } from '../../application/ipam/allocation-store.js';
import { allocationText, type AllocationText, outcomeTexts } from '../../application/ipam/allocation-text.js';
import { Allocations } from '../../application/ipam/allocations.js';
import { explanationSchema } from '../../application/ipam/ipam-result-schema.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { CurrentPrincipal } from '../http/caller.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { idempotencyKeyOf } from '../http/idempotency.interceptor.js';
import { orThrow } from '../http/or-throw.js';
import { problemDocument } from '../http/problem-document.js';
import { ALLOCATION, ALLOCATION_BODY, IDENTIFIER, LISTING, MAX_ITEMS, MEANT, RENEWAL } from './allocation-schema.js';
import { withIdentifiers } from './keyed-identifiers.js';
import { ONE_POOL, READ } from './pool-endpoints.js';

const ALL_PATH = '/api/v1/clusters/:cluster/ip-pools/:pool/allocations';
const ONE_PATH = `${ALL_PATH}/:identifier` as const;
const ONE_ALLOCATION = ONE_POOL.safeExtend({ identifier: IDENTIFIER });
const WRITE = { tag: 'ipam', access: { role: 'editor', reach: 'cluster' } } as const;
const POOL = 'services.10.96.0.0_12';

const LIST = defineEndpoint({
  ...READ,
  path: ALL_PATH,
  summary: 'What was handed out of a pool, in the order in which it was',
  params: ONE_POOL,
  query: z.strictObject({ ...COORDINATE_QUERY, ...LISTING }),
  answers: {
    200: {
      description: 'a page of allocations',
      schema: z.object({
        revision: z.number().int(),
        allocationSequence: z.number().int(),
        items: z.array(ALLOCATION),
        continue: z.string().nullable().describe('null on the last page'),
      }),
    },
  },
  examples: [{ title: 'Of the service range', params: { cluster: 'harbor', pool: POOL } }],
});

const SHOW = defineEndpoint({
  ...READ,
  path: ONE_PATH,
  summary: 'Show an allocation',
  params: ONE_ALLOCATION,
  query: z.strictObject(COORDINATE_QUERY),
  answers: { 200: { description: 'the allocation', schema: ALLOCATION } },
  problems: [...READ.problems, 'unknown-allocation'],
});

/** One allocation at the top where one was asked for; otherwise a list. */
const ALLOCATED = ALLOCATION.extend({
  dryRun: z.boolean(),
  explanation: explanationSchema.optional().describe('left out with `explain`: false'),
});
const ALLOCATED_MANY = z.object({
  items: z.array(z.looseObject({})).describe('allocations; with `partial` and `items`, problems among them'),
  dryRun: z.boolean(),
  explanation: explanationSchema.optional().describe('where a `count` was asked for'),
  explanations: z.array(explanationSchema.nullable()).optional().describe('where `items` were asked for, one for each; null for a problem'),
});

const ALLOCATE = defineEndpoint({
  ...WRITE,
  method: 'POST',
  path: ALL_PATH,
  summary: 'Hand out addresses and prefixes',
  description: `The lowest address that nobody has in the newest revision and that was not handed out, the one that is asked for, or \`count\` of them as the strategy chooses. The same request with the same \`identifier\` gets the same addresses, at any time until they are released. With \`prefixLength\` or \`prefix\` whole prefixes instead, such as the /28 of a network interface: no part of one is anybody's, and nobody gets an address of it until it is given back. With \`items\`, up to ${MAX_ITEMS} requests at once, all of them or none. \`dryRun\` asks the same and hands out nothing.`,
  params: ONE_POOL,
  body: ALLOCATION_BODY,
  idempotent: true,
  answers: {
    201: { description: 'what was handed out', schema: z.union([ALLOCATED, ALLOCATED_MANY]) },
    200: {
      description: 'what the identifier had already, what `dryRun` asked for, or `items` that each have their own answer',
      schema: z.union([ALLOCATED, ALLOCATED_MANY]),
    },
  },
  problems: [
    'unknown-cluster',
    'unknown-revision',
    'unknown-pool',
    'unknown-node',
    'ip-taken',
    'pool-exhausted',
    'block-limit',
    'strict-affinity',
    'identifier-reused',
  ],
  examples: [
    {
      title: 'The lowest free address',
      params: { cluster: 'harbor', pool: POOL },
      body: { identifier: 'shop/checkout', owner: 'team shop' },
    },
    { title: 'A fixed address', params: { cluster: 'harbor', pool: POOL }, body: { identifier: 'shop/search', address: '10.96.0.200' } },
    {
      title: 'Three in a row for an hour, shown only',
      params: { cluster: 'harbor', pool: POOL },
      body: { identifier: 'shop/batch', count: 3, strategy: 'bestFit', ttlSeconds: 3600, dryRun: true },
    },
    {
      title: 'A prefix as a whole, with room to grow, shown only',
      params: { cluster: 'harbor', pool: POOL },
      body: { identifier: 'shop/interface', prefixLength: 28, strategy: 'sparse', dryRun: true },
    },
    { title: 'Two at once', params: { cluster: 'harbor', pool: POOL }, body: { items: [{ identifier: 'one' }, { identifier: 'two' }] } },
  ],
});

const MEANT_BY_LINK = MEANT.extend({
  seq: z.coerce.number().int().min(1).optional().describe('the same as `sequence`, which goes before it'),
});

const RENEW = defineEndpoint({
  ...WRITE,
  method: 'PATCH',
  path: ONE_PATH,
  summary: 'Renew a lease',
  description:
    'From now on the allocation ends after so long, whenever it would have ended: all that the identifier has, or the one that `sequence` names. A renewal has a sequence of its own, so that of two who renew at a time, each naming the sequence it has read, one is refused. What another token was given is renewed by its `sequence` only.',
  params: ONE_ALLOCATION,
  query: MEANT_BY_LINK,
  body: RENEWAL,
  answers: {
    200: {
      description: 'the allocation with its new end; `{"items": […]}` where the identifier has several',
      schema: z.union([ALLOCATION, z.object({ items: z.array(ALLOCATION) })]),
    },
  },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-allocation', 'stale-sequence', 'held-by-another'],
});

const RELEASE = defineEndpoint({
  ...WRITE,
  method: 'DELETE',
  path: ONE_PATH,
  summary: 'Give addresses and prefixes back',
  description:
    'All that the identifier has, or the one allocation that `sequence` names. What another token was given goes back by its `sequence` only. A release that is sent again changes nothing, and answers with no content.',
  params: ONE_ALLOCATION,
  query: MEANT_BY_LINK,
  answers: {
    200: {
      description: 'the allocation with its end; `{"items": […]}` where the identifier had several',
      schema: z.union([ALLOCATION, z.object({ items: z.array(ALLOCATION) })]),
    },
    204: { description: 'it was given back before' },
  },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-allocation', 'stale-sequence', 'held-by-another'],
});

/** Addresses and prefixes that are handed out through the API. */
@Controller()
export class AllocationsController {
  constructor(private readonly allocations: Allocations) {}

  @Handles(LIST)
  async list(@Input() { params, query }: InputOf<typeof LIST>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { revision, at, ...listing } = query;
    const page = orThrow(await this.allocations.list(params.cluster, { revision, at }, { pool: params.pool, ...listing }));
    reply.header('portolan-revision', page.revision);
    return { ...page, items: page.items.map(allocationText) };
  }

  @Handles(SHOW)
  async show(@Input() { params, query }: InputOf<typeof SHOW>): Promise<AllocationText> {
    return allocationText(orThrow(await this.allocations.find(params.cluster, params.pool, params.identifier, query)));
  }

  @Handles(ALLOCATE)
  async allocate(
    @Input() { params, body }: InputOf<typeof ALLOCATE>,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { items, dryRun = false, partial, explain = true, ...demand } = body;
    const requests = withIdentifiers(items ?? [{ ...demand, partial }], idempotencyKeyOf(request));
    if (items === undefined) {
      const [outcome] = orThrow(await this.allocations.allocate({ ...params, requests, dryRun }, principal.name));
      reply.status(outcome?.changed && !dryRun ? 201 : 200);
      return told(allocatedText(outcome, body.count !== undefined, dryRun), explain);
    }
    if (partial) {
      reply.status(200);
      const each = await this.allocations.allocateEach({ ...params, requests, dryRun }, principal.name);
      return told(eachText(each, dryRun, request.id), explain);
    }
    const outcomes = orThrow(await this.allocations.allocate({ ...params, requests, dryRun }, principal.name));
    reply.status(outcomes.some(({ changed }) => changed) && !dryRun ? 201 : 200);
    const explanations = outcomes.map(({ explanation }) => explanation);
    return told({ items: outcomes.flatMap((outcome) => outcomeTexts(outcome, dryRun)), dryRun, explanations }, explain);
  }

  @Handles(RELEASE)
  async release(
    @Input() { params, query }: InputOf<typeof RELEASE>,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    const { cluster, pool, identifier } = params;
    const request = { pool, identifier, sequence: query.sequence ?? query.seq };
    const outcome = orThrow(await this.allocations.release(cluster, request, principal.name));
    if (outcome.changed) return oneOrItems(outcome);
    reply.status(204);
    return undefined;
  }

  @Handles(RENEW)
  async renew(@Input() { params, query, body }: InputOf<typeof RENEW>, @CurrentPrincipal() principal: Principal): Promise<object> {
    const { cluster, pool, identifier } = params;
    const request = { pool, identifier, sequence: query.sequence ?? query.seq };
    return oneOrItems(orThrow(await this.allocations.renew(cluster, request, body.ttlSeconds ?? body.ttl ?? 0, principal.name)));
  }
}

/** The answer, without its explanations where nobody wants them. */
function told(answer: object, explain: boolean): object {
  return explain ? answer : { ...answer, explanation: undefined, explanations: undefined };
}

/** Of items that share nothing: allocations, and problems where there are none. */
function eachText(outcomes: readonly Result<AllocationOutcome, Problem>[], dryRun: boolean, requestId: string): object {
  return {
    items: outcomes.flatMap((outcome): readonly object[] =>
      outcome.ok ? outcomeTexts(outcome.value, dryRun) : [problemDocument(outcome.error, requestId)],
    ),
    dryRun,
    explanations: outcomes.map((outcome) => (outcome.ok ? outcome.value.explanation : null)),
  };
}

function oneOrItems({ records }: AllocationOutcome): object {
  const items = records.map(allocationText);
  return items.length === 1 && items[0] ? items[0] : { items };
}

function allocatedText(outcome: AllocationOutcome | undefined, isList: boolean, dryRun: boolean): object {
  const items = outcome ? outcomeTexts(outcome, dryRun) : [];
  const explanation = outcome?.explanation;
  return isList ? { items, dryRun, explanation } : { ...items[0], dryRun, explanation };
}
