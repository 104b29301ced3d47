import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import { FleetCidrOverlaps } from '../../application/ipam/fleet-cidr-overlaps.js';
import {
  fleetOverlapsSchema,
  fleetPlaneSchema,
  fleetRangeSchema,
  fleetSpaceDraftSchema,
  fleetSpaceSchema,
  fleetWishesSchema,
} from '../../application/ipam/fleet-schema.js';
import { FleetSpaces } from '../../application/ipam/fleet-spaces.js';
import { fleetRangeText, fleetSpaceText } from '../../application/ipam/fleet-text.js';
import { COORDINATE_QUERY } from '../http/coordinate-query.js';
import { CurrentPrincipal } from '../http/caller.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';

const SPACES_PATH = '/api/v1/fleet/spaces';
const SPACE_PATH = `${SPACES_PATH}/:space` as const;
const RANGES_PATH = `${SPACE_PATH}/clusters/:cluster` as const;
const SPACE = z.strictObject({ space: z.string().max(63).describe('name of the space') });
const CLUSTER_RANGES = SPACE.safeExtend({
  cluster: z.string().min(1).max(63).describe('name of the cluster; it need not exist yet'),
});

const SEE = { tag: 'fleet', access: { role: 'viewer', reach: 'own' } } as const;
const MANAGE = { tag: 'fleet', access: { role: 'editor', reach: 'all' } } as const;
const TAKE_PART = { tag: 'fleet', access: { role: 'editor', reach: 'cluster' } } as const;

const OVERLAPS = defineEndpoint({
  ...SEE,
  method: 'GET',
  path: '/api/v1/fleet/cidr-overlaps',
  summary: 'Which clusters have addresses in common',
  description: 'Ranges of pods and services, addresses of nodes and load balancers, of every cluster that the token may see.',
  query: z.strictObject({ at: COORDINATE_QUERY.at.describe('RFC 3339: as it was then; left out: the newest revisions') }),
  answers: { 200: { description: 'the answer', schema: fleetOverlapsSchema } },
  problems: [],
  examples: [{ title: 'Of the demo fleet' }],
});

const LIST = defineEndpoint({
  ...SEE,
  method: 'GET',
  path: SPACES_PATH,
  summary: 'The address spaces above clusters, and what clusters have of them',
  answers: { 200: { description: 'every space, by name', schema: z.object({ items: z.array(fleetSpaceSchema) }) } },
  problems: [],
  examples: [{ title: 'All of them' }],
});

const CREATE = defineEndpoint({
  ...MANAGE,
  method: 'POST',
  path: SPACES_PATH,
  summary: 'Make an address space, out of which clusters take ranges',
  body: fleetSpaceDraftSchema,
  idempotent: true,
  answers: { 201: { description: 'the space', schema: fleetSpaceSchema } },
  problems: ['space-exists'],
  examples: [{ title: 'Both families', body: { name: 'corp', prefixes: ['172.16.0.0/12', 'fd12:3456::/32'] } }],
});

const SHOW = defineEndpoint({
  ...SEE,
  method: 'GET',
  path: SPACE_PATH,
  summary: 'One space: how full it is, and what clusters have of it',
  params: SPACE,
  answers: { 200: { description: 'the space', schema: fleetSpaceSchema } },
  problems: ['unknown-space'],
});

const DELETE = defineEndpoint({
  ...MANAGE,
  method: 'DELETE',
  path: SPACE_PATH,
  summary: 'Delete a space that no cluster has a range of',
  params: SPACE,
  answers: { 204: { description: 'it is gone' } },
  problems: ['unknown-space', 'space-in-use'],
});

const GIVEN = z.object({
  ranges: z.array(fleetRangeSchema),
  changed: z.boolean().describe('false: the cluster had all of them'),
  warnings: z
    .array(z.object({ code: z.string(), message: z.string() }))
    .describe('`RANGE_IN_USE`: other clusters use addresses of a range; a prefix by name is given all the same'),
});

const TAKE = defineEndpoint({
  ...TAKE_PART,
  method: 'PUT',
  path: RANGES_PATH,
  summary: 'Take ranges for a cluster: pods, services, nodes',
  description:
    'All that are asked for or none, each at the lowest gap that fits, apart from every range of the space and from what other clusters use. A `prefix` that is named keeps apart from the ranges of the space only: `/fleet/cidr-overlaps` tells what else it meets. The same request gets the same ranges until they are released.',
  params: CLUSTER_RANGES,
  body: fleetWishesSchema,
  answers: { 200: { description: 'what the cluster has of what it asked for', schema: GIVEN } },
  problems: ['unknown-space', 'pool-exhausted', 'ip-taken', 'identifier-reused'],
});

const RELEASE = defineEndpoint({
  ...TAKE_PART,
  method: 'DELETE',
  path: RANGES_PATH,
  summary: 'Give the ranges of a cluster back',
  description: 'A release that is sent again finds nothing more to release.',
  params: CLUSTER_RANGES,
  query: z.strictObject({ plane: fleetPlaneSchema.optional().describe('of this plane only') }),
  answers: { 200: { description: 'what was released', schema: z.object({ ranges: z.array(fleetRangeSchema) }) } },
  problems: ['unknown-space'],
});

/** Questions across clusters, and the address spaces above them. */
@Controller()
export class FleetController {
  constructor(
    private readonly overlaps: FleetCidrOverlaps,
    private readonly spaces: FleetSpaces,
  ) {}

  @Handles(OVERLAPS)
  async cidrOverlaps(@Input() { query }: InputOf<typeof OVERLAPS>, @CurrentPrincipal() principal: Principal): Promise<object> {
    return orThrow(await this.overlaps.answer(principal, query.at));
  }

  @Handles(LIST)
  async list(@CurrentPrincipal() principal: Principal): Promise<object> {
    return { items: (await this.spaces.list(principal)).map(fleetSpaceText) };
  }

  @Handles(CREATE)
  async create(
    @Input() { body }: InputOf<typeof CREATE>,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const created = orThrow(await this.spaces.create(body, principal.name));
    reply.header('location', `${SPACES_PATH}/${body.name}`);
    return fleetSpaceText(created);
  }

  @Handles(SHOW)
  async show(@Input() { params }: InputOf<typeof SHOW>, @CurrentPrincipal() principal: Principal): Promise<object> {
    return fleetSpaceText(orThrow(await this.spaces.find(params.space, principal)));
  }

  @Handles(DELETE)
  async delete(@Input() { params }: InputOf<typeof DELETE>): Promise<void> {
    orThrow(await this.spaces.delete(params.space));
  }

  @Handles(TAKE)
  async take(@Input() { params, body }: InputOf<typeof TAKE>, @CurrentPrincipal() principal: Principal): Promise<object> {
    const { ranges, dryRun } = body;
    const given = orThrow(await this.spaces.take(params.space, params.cluster, ranges, { principal, dryRun }));
    return { ...given, ranges: given.ranges.map(fleetRangeText) };
  }

  @Handles(RELEASE)
  async release(@Input() { params, query }: InputOf<typeof RELEASE>, @CurrentPrincipal() principal: Principal): Promise<object> {
    const released = orThrow(await this.spaces.release(params.space, params.cluster, query.plane, principal.name));
    return { ranges: released.map(fleetRangeText) };
  }
}
