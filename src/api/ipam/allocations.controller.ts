import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import { allocationText, type AllocationText } from '../../application/ipam/allocation-text.js';
import { Allocations } from '../../application/ipam/allocations.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { CurrentPrincipal } from '../http/caller.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { problemDocument } from '../http/problem-document.js';
import { ALLOCATION, ALLOCATION_BODY, IDENTIFIER, MAX_ITEMS } from './allocation-schema.js';
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
  query: z.strictObject({
    ...COORDINATE_QUERY,
    limit: z.coerce.number().int().min(1).max(MAX_ITEMS).default(100),
    continue: z.string().max(40).optional().describe('what the page before gave; pages belong to one sequence'),
  }),
  answers: {
    200: {
      description: 'a page of live allocations',
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

const ALLOCATE = defineEndpoint({
  ...WRITE,
  method: 'POST',
  path: ALL_PATH,
  summary: 'Hand out an address',
  description: `The lowest address that nobody has in the newest revision and that was not handed out, or the one that is asked for. The same request with the same \`identifier\` gets the same address, at any time until it is released. With \`items\`, up to ${MAX_ITEMS} at once; each has its own answer, an allocation or a problem.`,
  params: ONE_POOL,
  body: ALLOCATION_BODY,
  idempotent: true,
  answers: {
    201: { description: 'the allocation', schema: ALLOCATION },
    200: {
      description: 'the allocation that the identifier had already; or `{"items": […]}`',
      schema: z.union([ALLOCATION, z.object({ items: z.array(z.looseObject({})) })]),
    },
  },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-pool', 'address-taken', 'pool-exhausted', 'identifier-reused'],
  examples: [
    {
      title: 'The lowest free address',
      params: { cluster: 'harbor', pool: POOL },
      body: { identifier: 'shop/checkout', owner: 'team shop' },
    },
    { title: 'A fixed address', params: { cluster: 'harbor', pool: POOL }, body: { identifier: 'shop/search', address: '10.96.0.200' } },
    { title: 'Two at once', params: { cluster: 'harbor', pool: POOL }, body: { items: [{ identifier: 'one' }, { identifier: 'two' }] } },
  ],
});

const RELEASE = defineEndpoint({
  ...WRITE,
  method: 'DELETE',
  path: ONE_PATH,
  summary: 'Give an address back',
  description: 'A release that is sent again answers as the first one did.',
  params: ONE_ALLOCATION,
  query: z.strictObject({
    sequence: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('the allocation that is meant; where the identifier has a later one, nothing is released'),
  }),
  answers: { 200: { description: 'the allocation with its end', schema: ALLOCATION } },
  problems: ['unknown-cluster', 'unknown-revision', 'unknown-allocation', 'stale-sequence'],
});

/** Addresses that are handed out through the API. */
@Controller()
export class AllocationsController {
  constructor(private readonly allocations: Allocations) {}

  @Handles(LIST)
  async list(@Input() { params, query }: InputOf<typeof LIST>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { limit, continue: token, ...at } = query;
    const page = orThrow(await this.allocations.list({ ...params, at, limit, continue: token }));
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
    const { items, identifier, address, owner } = body;
    if (items === undefined) {
      const asked = { ...params, identifier: identifier ?? '', address, owner };
      const { record, changed } = orThrow(await this.allocations.allocate(asked, principal.name));
      reply.status(changed ? 201 : 200);
      return allocationText(record);
    }
    const outcomes = await Promise.all(items.map((item) => this.allocations.allocate({ ...params, ...item }, principal.name)));
    reply.status(200);
    return {
      items: outcomes.map((outcome) => (outcome.ok ? allocationText(outcome.value.record) : problemDocument(outcome.error, request.id))),
    };
  }

  @Handles(RELEASE)
  async release(@Input() { params, query }: InputOf<typeof RELEASE>, @CurrentPrincipal() principal: Principal): Promise<AllocationText> {
    const { cluster, pool, identifier } = params;
    const outcome = await this.allocations.release(cluster, { pool, identifier, sequence: query.sequence }, principal.name);
    return allocationText(orThrow(outcome).record);
  }
}
